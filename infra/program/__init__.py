"""Register every resource of a stack, in the right order."""
