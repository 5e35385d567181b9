"""Compare two plans and say what an update changes; nothing here loads Pulumi."""
