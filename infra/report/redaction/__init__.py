"""The last net under the marks of the engine: secrets that a text may still have."""
