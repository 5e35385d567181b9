"""Security patches: what the script leaves on a server, what apt makes of it, and what the server says of itself."""

import os
import shutil
import subprocess
import time

import pytest

from infra.scripts import load
from tests.servers.stub_server import StubServer

FILES = {
    "APT_CONF": "patches/apt.conf",
    "GENTLE_CONF": "patches/gentle.conf",
    "NEEDRESTART_CONF": "patches/needrestart.conf",
    "METRICS": "patches/metrics.sh",
    "METRICS_UNIT": "patches/metrics.service",
}
PLACES = (
    "etc/apt/apt.conf.d/52stagecoach-patches",
    "etc/needrestart/conf.d/stagecoach.conf",
    "etc/systemd/system/stagecoach-patches.service",
    "etc/systemd/system/apt-daily-upgrade.service.d/stagecoach.conf",
)
# As Debian's package brings it (2.9.1+nmu3), and a provider that adds its own.
DEBIANS = """Unattended-Upgrade::Origins-Pattern {
        "origin=Debian,codename=${distro_codename},label=Debian";
        "origin=Debian,codename=${distro_codename}-security,label=Debian-Security";
};
Unattended-Upgrade::Allowed-Origins { "Provider:stable"; };
APT::Periodic::Unattended-Upgrade "0";
"""
DAY = 86_400


class Server(StubServer):
    """Debian 12 as clouds bring it; its commands are stubs."""

    def __init__(self, root):
        super().__init__(root)
        self.stub("systemctl")
        self.stub("apt-get")
        self.stub("unattended-upgrade")

    def patched(self):
        variables = {name: load(path).rstrip("\n") for name, path in FILES.items()}
        # Its own folder of programs is no part of the stub.
        script = load("base.sh", "patches.sh").replace("/usr/local/lib/", f"{self.root}/usr/local/lib/")
        return self.run(script, **variables)

    def metrics(self):
        """One look, on this server's folders; values by the metric's name."""
        script = load("patches/metrics.sh")
        for path in ("/var/lib/", "/run/", "/etc/apt"):
            script = script.replace(path, f"{self.root}{path}")
        (self.root / "run").mkdir(exist_ok=True)
        subprocess.run(["sh", "-c", script, "sh", "once"], check=True, env={"PATH": os.environ["PATH"]})
        lines = (self.root / "var/lib/stagecoach-metrics/patches.prom").read_text().splitlines()
        return {name: float(value) for name, value in (line.split() for line in lines if line[0] != "#")}

    def touch(self, path, ago=0):
        """A file of that age in seconds; its time."""
        made = self.root / path
        made.parent.mkdir(parents=True, exist_ok=True)
        made.touch()
        at = int(time.time()) - ago
        os.utime(made, (at, at))
        return at


@pytest.fixture
def server(tmp_path):
    return Server(tmp_path)


class TestScript:
    def test_switches_patches_on(self, server):
        """Debian's timers, and our own metrics; neither k3s nor the server restarts."""
        done = server.patched()
        assert done.returncode == 0, done.stderr
        assert [path for path in PLACES if not (server.root / path).exists()] == []
        assert server.calls == [
            "systemctl daemon-reload",
            "systemctl enable --now apt-daily.timer apt-daily-upgrade.timer",
            "systemctl enable stagecoach-patches.service",
            "systemctl restart stagecoach-patches.service",
        ]

    def test_installs_the_program_where_it_is_missing(self, server):
        """With the waiting for locks that every script has."""
        server.hide("unattended-upgrade")
        assert server.patched().returncode == 0
        assert [call for call in server.calls if call.startswith("apt-get")] == [
            "apt-get -q -o DPkg::Lock::Timeout=600 update",
            "apt-get -q -o DPkg::Lock::Timeout=600 install -y --no-install-recommends unattended-upgrades",
        ]

    def test_a_second_run_leaves_files_alone(self, server):
        """The time of apt's file says when patches were set up."""
        server.patched()
        at = server.touch(PLACES[0], ago=DAY)
        assert server.patched().returncode == 0
        assert (server.root / PLACES[0]).stat().st_mtime == at
        (server.root / PLACES[0]).write_text("of a release before\n")
        server.patched()
        assert "Debian-Security" in (server.root / PLACES[0]).read_text()

    def test_everybody_may_read_what_it_writes(self, server):
        """apt's own user does; the scripts' umask would keep it out."""
        server.patched()
        for path in PLACES:
            assert (server.root / path).stat().st_mode & 0o777 == 0o644
        assert (server.root / PLACES[1]).parent.stat().st_mode & 0o777 == 0o755


@pytest.mark.skipif(shutil.which("apt-config") is None, reason="there is no apt-config here")
class TestApt:
    def test_takes_security_patches_of_debian_alone(self, tmp_path):
        """Whatever the image's own files list, and though they switch it off."""
        (tmp_path / "50unattended-upgrades").write_text(DEBIANS)
        (tmp_path / "52stagecoach-patches").write_text(load("patches/apt.conf"))
        (tmp_path / "apt.conf").write_text(f'Dir::Etc::parts "{tmp_path}";\nDir::Etc::main "/dev/null";\n')
        made = subprocess.run(
            ["apt-config", "dump", "Unattended-Upgrade", "APT::Periodic"],
            env={"PATH": os.environ["PATH"], "APT_CONFIG": str(tmp_path / "apt.conf")},
            capture_output=True,
            text=True,
            check=True,
        )
        lines = set(made.stdout.splitlines())
        security = '"origin=Debian,codename=${distro_codename}-security,label=Debian-Security";'
        assert [line for line in lines if "Origins" in line and not line.endswith('"";')] == [
            f"Unattended-Upgrade::Origins-Pattern:: {security}"
        ]
        assert 'APT::Periodic::Unattended-Upgrade "1";' in lines
        assert 'Unattended-Upgrade::Automatic-Reboot "false";' in lines


class TestMetrics:
    def test_a_new_server_is_not_late(self, server):
        """Counted from the day on which patches were set up."""
        at = server.touch(PLACES[0], ago=60)
        assert server.metrics() == {
            "stagecoach_reboot_needed_since_seconds": 0,
            "stagecoach_patches_applied_seconds": at,
            "stagecoach_patches_lists_seconds": at,
        }

    def test_the_age_of_the_last_run_and_of_the_lists(self, server):
        """The security archive's list: the main one is renewed with point releases only."""
        server.touch(PLACES[0], ago=90 * DAY)
        applied = server.touch("var/lib/apt/periodic/upgrade-stamp", ago=DAY)
        lists = server.touch("var/lib/apt/lists/deb.debian.org_dists_bookworm-security_InRelease", ago=2 * DAY)
        server.touch("var/lib/apt/lists/deb.debian.org_dists_bookworm_InRelease", ago=0)
        made = server.metrics()
        assert made["stagecoach_patches_applied_seconds"] == applied
        assert made["stagecoach_patches_lists_seconds"] == lists

    def test_a_reboot_is_needed_since_the_first_kernel(self, server):
        """A second one touches the file once more; a boot empties /run."""
        first = server.touch("run/reboot-required", ago=5 * DAY)
        assert server.metrics()["stagecoach_reboot_needed_since_seconds"] == first
        server.touch("run/reboot-required", ago=DAY)
        assert server.metrics()["stagecoach_reboot_needed_since_seconds"] == first
        (server.root / "run/reboot-required").unlink()
        assert server.metrics()["stagecoach_reboot_needed_since_seconds"] == 0

    def test_node_exporters_user_may_read_it(self, server):
        """It is nobody."""
        server.metrics()
        path = server.root / "var/lib/stagecoach-metrics/patches.prom"
        assert path.stat().st_mode & 0o777 == 0o644
        assert path.parent.stat().st_mode & 0o777 == 0o755
