"""Deterministic code that waits: one file per workflow."""
