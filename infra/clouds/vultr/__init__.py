"""Support Vultr: its facts, its catalog, and the components that the program builds there."""
