"""What an update changes: one plan against another, without Pulumi."""
