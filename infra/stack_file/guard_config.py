"""Define the key with which a person allows what the guard would refuse."""

from __future__ import annotations

from pydantic import Field

from infra.stack_file.strict import StrictModel


class GuardException(StrictModel):
    """An exception allows one resource to be replaced or deleted, in one update."""

    urn: str = Field(pattern=r"^urn:pulumi:\S+$", description="the resource, as the preview names it")
    reason: str = Field(min_length=10, description="why; for those who read the pull request")
