"""What a workflow asks the world to do: one class a concern, run in a thread pool."""
