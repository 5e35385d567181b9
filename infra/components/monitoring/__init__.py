"""Prometheus and what it watches."""
