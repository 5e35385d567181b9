"""Render a stack as files: the program runs under Pulumi's mocks, without the engine and without a cloud."""
