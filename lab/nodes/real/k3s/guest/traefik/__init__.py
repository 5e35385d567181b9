"""What k3s's chart of traefik makes of a HelmChartConfig's values: traefik's arguments, its Deployment, its Service."""
