"""Define the keys of a stack file and of a stage, and read both in one place."""
