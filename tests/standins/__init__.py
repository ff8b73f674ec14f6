"""Stand-ins for the world outside: providers that keep what they were sent, and a proxy that breaks connections."""
