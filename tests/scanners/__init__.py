"""Checkers that others wrote, beside checkov: what they find is mended, or listed with its reason."""
