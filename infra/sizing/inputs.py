"""Define the inputs of a plan besides its stage."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True)
class PlanInputs:
    """These inputs come from the stack file."""

    provider: str
    region: str
    instance_type: str | None = None  # a pinned type, which the plan must prove to fit
    volume_size_gib: int | None = None
    customers: int | None = None  # None if the stack file names the stage instead
    celery_servers: int | None = None  # None: the plan computes the count
    celery_instance_type: str | None = None


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A record says what the deployment has; a running server keeps its type while everything fits."""

    name: str
    provider: str
    region: str
    stage: int  # the stage of the last successful update; 0 if there was none
    instance_type: str
    root_disk_gb: int  # the server's own disk, which may be smaller than the type's
    volume_size_gib: int  # 0 if the deployment has no volume yet
    version: str = ""  # version of the program that built it last; empty if unknown
    celery_instance_type: str = ""  # type of the first Celery server; empty if there is none
    celery_root_disk_gb: int = 0
    celery_count: int = 0
    k3s_version: str = ""  # what its servers run; empty if unknown

    @property
    def celery_servers(self) -> Recorded | None:
        """Return the same record with the Celery servers' type and disk, or None if there are no such servers."""
        if not self.celery_instance_type:
            return None
        return replace(self, instance_type=self.celery_instance_type, root_disk_gb=self.celery_root_disk_gb)
