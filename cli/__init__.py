"""The command line: what stands behind ``starter.py``, the demonstration and the development set-up."""
