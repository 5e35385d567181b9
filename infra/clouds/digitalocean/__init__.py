"""DigitalOcean: facts, catalog, and what the program builds there."""
