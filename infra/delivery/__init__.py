"""From a pull request to the update: git, GitHub, the running deployments; nothing here loads Pulumi."""
