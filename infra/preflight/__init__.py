"""Ask the state and the provider before an update registers its first resource."""
