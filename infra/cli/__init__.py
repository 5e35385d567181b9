"""The command line: `python -m infra`."""
