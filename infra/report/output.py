"""How a command prints."""

from enum import StrEnum


class Format(StrEnum):
    """Tables for a terminal, Markdown for a pull request, JSON for programs."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"
