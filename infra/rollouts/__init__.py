"""What an update does for pods that Kubernetes would leave as they are."""
