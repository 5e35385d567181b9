"""What is built, and in which order."""
