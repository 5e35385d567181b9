"""One provider package per file."""
