"""The whole stack on this machine: emulated clouds, real engine, real Kubernetes API server."""
