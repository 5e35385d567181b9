"""Runs the real Pulumi engine for the lab: CLI, language host, workspace."""
