"""What `pulumi up` needs on this machine, and how to fix what is missing."""
