"""What the state and the provider say before an update registers anything."""
