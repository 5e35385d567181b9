"""Define the command line: `python -m infra`."""
