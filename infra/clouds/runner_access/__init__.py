"""Opens a runner's own address in the cloud's firewall for as long as an update runs; nothing here loads Pulumi."""
