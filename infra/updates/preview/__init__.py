"""What the engine says it would do, read from its own JSON; nothing here loads Pulumi."""
