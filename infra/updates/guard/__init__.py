"""What no update may do without a person's word for it, looked for in the engine's own preview."""
