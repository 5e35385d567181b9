"""Writes docs/reference from the models, the stages, the catalog and the command line."""
