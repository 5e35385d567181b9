"""Which k3s a stack file may ask for."""

from __future__ import annotations

from pydantic import Field, model_validator

from infra.models.addresses import WebUrl
from infra.models.strict import StrictModel
from infra.versions import K3S_VERSION


class K3sConfig(StrictModel):
    """Which k3s is installed and where it comes from."""

    version: str = Field(
        default=K3S_VERSION,
        pattern=r"^v\d+\.\d+\.\d+\+[0-9a-z][0-9a-z.]*$",
        description="release, for example v1.33.6+k3s1, as `k3s --version` names it",
    )
    url: WebUrl | None = Field(default=None, description="mirror of the binary; without TLS only with its checksum")
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$", description="checksum of the binary")

    @model_validator(mode="after")
    def _is_checked(self) -> K3sConfig:
        if self.url and self.url.startswith("http://") and self.sha256 is None:
            raise ValueError("a url without TLS needs sha256: anyone on the way could put in another program")
        return self
