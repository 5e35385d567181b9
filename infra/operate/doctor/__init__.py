"""Check that this machine has everything that `pulumi up` needs, and say how to fix what is missing."""
