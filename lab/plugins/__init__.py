"""Provider plugins in Python: the engine attaches to them instead of downloading the vendors'."""
