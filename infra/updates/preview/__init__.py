"""Read the engine's preview from its own JSON; nothing here loads Pulumi."""
