"""Read stack files, for every command and for the engine.

Only `program_config` uses `pulumi.Config`.
"""
