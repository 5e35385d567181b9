"""Plan a stack from its file and from what already runs; the functions are pure."""
