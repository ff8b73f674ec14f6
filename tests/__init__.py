"""Tests: most against the pure domain, few and real at the rim."""
