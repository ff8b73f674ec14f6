"""Tests of the set-up scripts and of what runs the product in production."""
