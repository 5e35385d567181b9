"""Hetzner: facts, catalog, and what the program builds there."""
