"""Alerts of the servers."""

import pytest

from infra.alerts.rules.node import node_alerts
from tests.alerts.promtool import Case, holds

pytestmark = pytest.mark.promtool

CPU = 'node_cpu_seconds_total{{mode="{}",instance="shop"}}'
DATA = 'mountpoint="/var/lib/stagecoach",instance="shop"'
ON_DATA = {"mountpoint": "/var/lib/stagecoach", "instance": "shop"}
SHOP = {"instance": "shop"}
SERVER = 'instance="shop"'


def memory(free, inactive):
    """The kernel would call all page cache available; the kubelet calls what was not used lately so."""
    return {
        'node_memory_MemFree_bytes{instance="shop"}': free,
        'node_memory_Inactive_file_bytes{instance="shop"}': inactive,
        'node_memory_MemAvailable_bytes{instance="shop"}': "40x30",
        'node_memory_MemTotal_bytes{instance="shop"}': "100x30",
    }


def disk(left, files="50x2000"):
    return {
        f"node_filesystem_avail_bytes{{{DATA}}}": left,
        f"node_filesystem_size_bytes{{{DATA}}}": "100000x2000",
        f"node_filesystem_files_free{{{DATA}}}": files,
        f"node_filesystem_files{{{DATA}}}": "100x2000",
    }


def patches(applied="0+60x9000", lists="0+60x9000", written="0+60x9000"):
    """Times as the server's file has them; promtool's clock starts at the epoch, a minute a value."""
    return {
        f"stagecoach_patches_applied_seconds{{{SERVER}}}": applied,
        f"stagecoach_patches_lists_seconds{{{SERVER}}}": lists,
        f'node_textfile_mtime_seconds{{{SERVER},file="/host/var/lib/stagecoach-metrics/patches.prom"}}': written,
        f'up{{{SERVER},job="node-exporter"}}': "1x9000",
    }


REBOOT = f"stagecoach_reboot_needed_since_seconds{{{SERVER}}}"
CASES = [
    # Idle 9 seconds a minute are 85 % in use, 15 are 75 %; a rate needs a second value.
    Case(
        alert="NodeCpuHigh",
        hot={CPU.format("idle"): "0+9x30"},
        cool={CPU.format("idle"): "0+15x30"},
        at=11,
        labels=SHOP,
    ),
    Case(
        alert="NodeCpuSteal",
        hot={CPU.format("steal"): "0+9x50"},
        cool={CPU.format("steal"): "0+3x50"},
        at=41,
        labels=SHOP,
    ),
    Case(alert="NodeMemoryHigh", hot=memory("2x30", "3x30"), cool=memory("2x30", "13x30"), at=5, labels=SHOP),
    Case(
        alert="NodeOomKill",
        hot={'node_vmstat_oom_kill{instance="shop"}': "0 0 0 1x20"},
        cool={'node_vmstat_oom_kill{instance="shop"}': "1x23"},
        at=3,
        labels=SHOP,
    ),
    # 10 a minute of 39,000: empty within three days; 1 a minute lasts for weeks.
    Case(
        alert="DiskFilling",
        hot=disk("39000-10x2000"),
        cool=disk("39000-1x2000"),
        at=61,
        labels=ON_DATA,
    ),
    Case(
        alert="RebootNeeded",
        hot={REBOOT: "60x30"},
        cool={REBOOT: "0x30"},
        at=15,
        labels=SHOP,
        value=("{{ $value | humanizeTimestamp }}", "1970-01-01 00:01:00 +0000 UTC"),
    ),
    # Three days without a run, and the hour of waiting; with one every minute it is silent.
    Case(alert="PatchesNotApplied", hot=patches(applied="0x9000"), cool=patches(), at=3 * 1440 + 61, labels=SHOP),
    Case(alert="DiskFull", hot=disk("14000x20"), cool=disk("16000x20"), at=5, labels=ON_DATA),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.alert)
def test_fires(case, tmp_path):
    holds(case, tmp_path)


def test_every_alert_has_a_case():
    assert {alert.name for alert in node_alerts()} == {case.alert for case in CASES}


@pytest.mark.parametrize(
    ("series", "at"),
    [
        (patches(lists="0x9000"), 8 * 1440 + 61),
        (patches(written="0x9000"), 121),
        ({f'up{{{SERVER},job="node-exporter"}}': "1x9000"}, 60),
    ],
    ids=["old lists", "a file that nobody writes", "a server without patches"],
)
def test_patches_that_nobody_applies(series, at, tmp_path):
    """The lists are as important as the run: with old ones it finds nothing to do, and ends without an error."""
    long = {key: value.replace("9000", "20000") for key, value in series.items()}
    holds(Case(alert="PatchesNotApplied", hot=long, cool=None, at=at, labels=SHOP), tmp_path)


def test_full_of_small_files(tmp_path):
    """Space is left, inodes are not."""
    case = Case(
        alert="DiskFull",
        hot=disk("90000x20", files="9x20"),
        cool=disk("90000x20", files="11x20"),
        at=5,
        labels=ON_DATA,
    )
    holds(case, tmp_path)
