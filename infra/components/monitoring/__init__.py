"""Run Prometheus, its exporters and Grafana."""
