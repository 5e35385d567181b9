"""Reads stack files; `program_config` is the only place that knows `pulumi.Config`."""
