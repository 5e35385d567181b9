"""Compare two plans, read the engine's preview, and refuse updates that would lose data."""
