"""What `pulumi up` needs of this machine, and how to mend what is missing."""
