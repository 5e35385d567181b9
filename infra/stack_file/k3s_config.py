"""Check which release of k3s a stack file asks for."""

from __future__ import annotations

import re

from pydantic import Field, field_validator, model_validator

from infra.stack_file.strict import Between, BetweenFieldsError, StrictModel
from infra.stack_file.values.addresses import WebUrl
from infra.versions import K3S_SHA256, K3S_STEPS, K3S_VERSION

_NUMBER = r"(?:0|[1-9][0-9]{0,3})"
# The part behind the plus names the build; RKE2's is refused, because RKE2 is another program.
_RELEASE = re.compile(rf"v1\.({_NUMBER})\.{_NUMBER}\+(?!rke)[0-9a-z][0-9a-z.]*")


class K3sConfig(StrictModel):
    """This section names the release of k3s and the place that it is downloaded from."""

    version: str | None = Field(
        default=None,
        description=f"release, as `k3s --version` names it; left out: {K3S_VERSION} on a new server, "
        "and a server that runs keeps the one that it has",
    )
    url: WebUrl | None = Field(default=None, description="mirror of the binary; without TLS only with its checksum")
    sha256: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{64}$",
        description=f"checksum of the binary; known for {K3S_VERSION}, otherwise the release's own",
    )

    @field_validator("version")
    @classmethod
    def _was_tried(cls, value: str | None) -> str | None:
        if value is None:
            return value
        example = f"Name a release such as {K3S_VERSION}, or leave it out"
        if not _RELEASE.fullmatch(value):
            raise ValueError(f"it is no release of k3s. {example}")
        if kubernetes_minor(value) not in K3S_STEPS:
            tried = f"this stagecoach was tried with Kubernetes 1.{min(K3S_STEPS)} to 1.{max(K3S_STEPS)}"
            raise ValueError(f"{tried}, not with 1.{kubernetes_minor(value)}. {example}")
        return value

    @model_validator(mode="after")
    def _is_checked(self) -> K3sConfig:
        if self.url and self.url.startswith("http://") and self.sha256 is None:
            allowed = "a url without TLS needs sha256: anyone on the way could put in another program"
            needs = ("k3s.url", "k3s.sha256")
            raise BetweenFieldsError([Between(path="k3s.url", value=self.url, allowed=allowed, needs=needs)])
        return self

    @property
    def release(self) -> str:
        """Return the release to install on a server that has no k3s yet."""
        return self.version or K3S_VERSION

    @property
    def checksum(self) -> str | None:
        """Return the checksum of the release's binary, or None if only the release's own list has it."""
        return self.sha256 or (K3S_SHA256 if self.release == K3S_VERSION else None)


def kubernetes_minor(release: str) -> int:
    """Return the minor version of Kubernetes 1 in a release of k3s.

    Args:
        release: The release as `k3s --version` prints it, for example v1.36.5+k3s1.

    Returns:
        0 if the text is not a release of k3s.
    """
    found = _RELEASE.fullmatch(release)
    return int(found[1]) if found else 0
