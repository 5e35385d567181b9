"""The `kubernetes` package over a real API server."""
