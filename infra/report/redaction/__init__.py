"""Remove secrets that the engine's own marks have missed from a text."""
