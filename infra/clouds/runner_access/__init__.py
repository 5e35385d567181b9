"""Open the cloud's firewall for a runner while it runs an update; nothing here imports Pulumi."""
