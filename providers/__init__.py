"""What carries a message to the person: one narrow port, one adapter a provider and channel."""
