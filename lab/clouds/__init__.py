"""Emulated clouds: what their APIs keep and refuse."""
