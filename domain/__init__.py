"""The rules and decisions of collection: pure, without input or output, without a clock, without Temporal."""
