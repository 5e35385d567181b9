"""Remove secrets from a text that the engine's own marks have missed."""
