"""The one reader of stack files, for every command and for the engine.

`program_config` alone knows `pulumi.Config`.
"""
