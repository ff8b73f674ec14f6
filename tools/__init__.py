"""What a fresh machine lacks, and how to get it: the Temporal CLI and the time-skipping test server."""
