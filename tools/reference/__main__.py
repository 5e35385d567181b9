"""`python -m tools.reference`: writes docs/reference."""

from __future__ import annotations

from tools.reference.pages import FOLDER, pages

if __name__ == "__main__":
    for name, text in pages().items():
        (FOLDER / name).write_text(text)
