"""Runs inside a guest: its init system, in the standard library and PyYAML."""
