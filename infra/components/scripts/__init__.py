"""Shell scripts that run on servers, one file each."""

from pathlib import Path


def load(name: str) -> str:
    """The text of a script; FileNotFoundError if there is none."""
    return Path(__file__).with_name(name).read_text()
