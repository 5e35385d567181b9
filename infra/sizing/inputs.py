"""What a plan depends on besides the stage."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True)
class PlanInputs:
    """The stack file's part in a plan."""

    provider: str
    region: str
    instance_type: str | None = None  # a pin: proved or refused
    volume_size_gib: int | None = None
    customers: int | None = None  # where the stack file names them in place of the stage
    celery_servers: int | None = None  # None: computed
    celery_instance_type: str | None = None


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What the deployment has; a running server keeps its type while that fits."""

    name: str
    provider: str
    region: str
    stage: int  # of the last update that ended well; 0 if none did
    instance_type: str
    root_disk_gb: int  # as it is on the server, which may be less than the type has
    volume_size_gib: int  # 0 if there is none yet
    version: str = ""  # of the program that built it last; empty if it did not say
    celery_instance_type: str = ""  # of the first Celery server; empty if there is none
    celery_root_disk_gb: int = 0
    celery_count: int = 0
    k3s_version: str = ""  # as its servers have it; empty if nothing says so

    @property
    def celery_servers(self) -> Recorded | None:
        """The same deployment seen from its Celery servers; None if it has none."""
        if not self.celery_instance_type:
            return None
        return replace(self, instance_type=self.celery_instance_type, root_disk_gb=self.celery_root_disk_gb)
