"""Servers that really run: a sandbox each (`vps/`), and the k3s stand-in on it (`k3s/`)."""
