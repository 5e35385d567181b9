"""What runs inside the shop's pods: modules for the app's image, and scripts of Postgres, backup and load test.

The program mounts them; nothing here imports `infra`.
"""

from pathlib import Path

FOLDER = Path(__file__).parent


def load(name: str) -> str:
    """The text of a file; FileNotFoundError if there is none."""
    return (FOLDER / name).read_text()
