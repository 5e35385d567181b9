"""Watch the servers: CPU, memory, disks, patches."""

from __future__ import annotations

from infra.alerts.promql import (
    DISK_AVAILABLE,
    DISK_FREE,
    INODES_FREE,
    NODE_CPU,
    NODE_STEAL,
    NODE_WORKING_SET,
)
from infra.alerts.rules.alert import Alert
from infra.alerts.speed import faster_seconds
from infra.names import NODE_EXPORTER

_PATCH_DAYS = 3  # two failed nights in a row and one more
_LIST_DAYS = 8  # Debian's list of security patches is valid for 7 days (its Valid-Until)
_SILENT_SECONDS = 3600  # age of a file that is written every five minutes
_DAYS_AHEAD = 4  # a weekend, and a day to act
_SECONDS_AHEAD = _DAYS_AHEAD * 86_400


def node_alerts(speed: int = 1) -> list[Alert]:
    """Return the alerts for the tier guide's two thresholds, and for problems that would stop a server for good."""
    return [*_cpu_and_memory(), *_disks(faster_seconds(_SECONDS_AHEAD, speed)), *_patches()]


def _disks(ahead: int) -> list[Alert]:
    filling = f"predict_linear({DISK_AVAILABLE}[6h], {ahead}) < 0 and {DISK_FREE} < 40"
    return [
        Alert(
            name="DiskFilling",
            expression=filling,
            minutes=60,
            component="disk",
            summary=f"{{{{ $labels.mountpoint }}}} on {{{{ $labels.instance }}}} is full within {_DAYS_AHEAD} days",
        ),
        Alert(
            # The data volume's last 5 % are a reserve that does not count as free (data_volume.sh). On the root disk
            # the kubelet evicts pods below 8 % (k3s_config.py).
            name="DiskFull",
            expression=f"{DISK_FREE} < 15 or {INODES_FREE} < 10",
            minutes=5,
            component="disk",
            severity="critical",
            summary="{{ $labels.mountpoint }} on {{ $labels.instance }} is almost full",
        ),
    ]


def _patches() -> list[Alert]:
    """Return alerts on the file that infra/scripts/patches/metrics.sh writes; a server without it is not patched."""
    answers = f'max by (instance) (up{{job="{NODE_EXPORTER}"}} == 1)'
    late = (
        f"time() - max by (instance) (stagecoach_patches_applied_seconds) > {_PATCH_DAYS * 86_400}",
        f"time() - max by (instance) (stagecoach_patches_lists_seconds) > {_LIST_DAYS * 86_400}",
        f"time() - max by (instance) (node_textfile_mtime_seconds) > {_SILENT_SECONDS}",
        f"{answers} unless on (instance) stagecoach_patches_applied_seconds",
    )
    return [
        Alert(
            name="RebootNeeded",
            expression="stagecoach_reboot_needed_since_seconds > 0",
            minutes=15,
            component="reboot",
            summary="{{ $labels.instance }}: a patched kernel waits for a reboot since "
            "{{ $value | humanizeTimestamp }}",
        ),
        Alert(
            name="PatchesNotApplied",
            expression=" or ".join(f"({one})" for one in late),
            minutes=60,
            component="patches",
            summary="{{ $labels.instance }}: Debian's security patches were not applied for days",
        ),
    ]


def _cpu_and_memory() -> list[Alert]:
    return [
        Alert(
            name="NodeCpuHigh",
            expression=f"{NODE_CPU} > 80",
            minutes=10,
            component="node-cpu",
            summary="{{ $labels.instance }}: CPU above 80 % for 10 minutes",
        ),
        Alert(
            name="NodeCpuSteal",
            expression=f"{NODE_STEAL} > 10",
            minutes=30,
            component="node-steal",
            summary="{{ $labels.instance }}: the provider takes more than 10 % of the CPU away",
        ),
        Alert(
            # The kubelet counts more as used than the kernel: by the kernel's count, pods could be gone before 90 %.
            name="NodeMemoryHigh",
            expression=f"{NODE_WORKING_SET} > 90",
            minutes=5,
            component="node-memory",
            severity="critical",
            summary="{{ $labels.instance }}: memory above 90 % for 5 minutes",
        ),
        Alert(
            # This counter stays. A container's own counter is gone before it is read if the container dies with its
            # process.
            name="NodeOomKill",
            expression="increase(node_vmstat_oom_kill[10m]) > 0",
            minutes=0,
            component="node-memory",
            summary="{{ $labels.instance }}: the kernel killed a process for memory",
        ),
    ]
