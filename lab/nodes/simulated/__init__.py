"""Real Kubernetes control planes and the nodes that are simulated for them."""
