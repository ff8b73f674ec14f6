"""Tests of the providers' adapters: the real clients over HTTP against stand-ins."""
