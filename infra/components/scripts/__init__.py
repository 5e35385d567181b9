"""Shell scripts that run on servers, one file each."""

from pathlib import Path


def load(*names: str) -> str:
    """The text of a script, after those that it builds on; FileNotFoundError if there is none of that name."""
    return "\n".join(Path(__file__).with_name(name).read_text() for name in names)
