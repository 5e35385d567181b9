"""What a pull request would change, as one comment; nothing here loads Pulumi."""
