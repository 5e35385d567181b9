"""Take a change from its pull request to the update of the running deployments; nothing here loads Pulumi."""
