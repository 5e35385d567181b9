"""Files that pods mount."""

from pathlib import Path

FOLDER = Path(__file__).parent


def load(name: str) -> str:
    """The text of a file; FileNotFoundError if there is none."""
    return (FOLDER / name).read_text()
