"""One plan against another, the engine's preview, and what no update may do."""
