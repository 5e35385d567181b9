"""Define how a command prints."""

from enum import StrEnum


class Format(StrEnum):
    """Choose tables for a terminal, Markdown for a pull request, or JSON for programs."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"
