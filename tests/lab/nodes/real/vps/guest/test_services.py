"""The service runner inside a real guest does what systemd does with the same files."""

import time

import pytest

from tests.waiting import patience, wait

pytestmark = pytest.mark.vps
NOTIFY = """
import os, socket, time
time.sleep(1)
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.connect(os.environ["NOTIFY_SOCKET"])
s.send(b"STATUS=all is well\\nREADY=1\\n")
time.sleep(1000)
"""


@pytest.fixture(scope="module")
def guest(lab):
    return lab.server("services")


@pytest.fixture(scope="module")
def unit(lab, guest):
    """Writes a unit file and reads it in."""

    def write(name, unit="", service="", install="WantedBy=multi-user.target"):
        text = f"[Unit]\nDescription=test\n{unit}\n[Service]\n{service}\n[Install]\n{install}\n"
        done = guest.run("sh", "-c", f"cat >/etc/systemd/system/{name}.service && systemctl daemon-reload", stdin=text)
        assert done.returncode == 0, done.stderr
        return name

    return write


def run(guest, command):
    return guest.run("sh", "-c", command)


def main_pid(guest, name):
    lines = run(guest, f"systemctl status {name}").stdout.splitlines()
    return next((line.split()[-1] for line in lines if "Main PID" in line), "")


class TestStart:
    def test_notify_counts_when_it_says_so(self, guest, unit):
        guest.run("sh", "-c", "cat >/root/notify.py", stdin=NOTIFY)
        unit("ready", service="Type=notify\nExecStart=/usr/bin/python3 /root/notify.py\nKillMode=process")
        started = time.monotonic()
        assert run(guest, "systemctl start ready").returncode == 0
        assert time.monotonic() - started > 1
        assert run(guest, "systemctl is-active ready").stdout == "active\n"
        assert "all is well" in run(guest, "systemctl status ready").stdout

    def test_an_end_before_that_fails_the_start(self, guest, unit):
        unit("dies", service="Type=notify\nExecStart=/bin/sh -c 'echo no token; exit 3'\nRestart=always\nRestartSec=1")
        done = run(guest, "systemctl start dies")
        assert (done.returncode, done.stderr) == (
            1,
            "Job for dies.service failed because the control process exited with error code.\n",
        )
        journal = "journalctl -u dies --no-pager"
        wait(lambda: run(guest, journal).stdout.count("no token") >= 2, "a second start")
        assert "status=3" in run(guest, journal).stdout
        run(guest, "systemctl stop dies")
        assert run(guest, "systemctl is-active dies").stdout == "inactive\n"

    def test_time_limit(self, guest, unit):
        unit("slow", service="Type=notify\nExecStart=/bin/sleep 100\nTimeoutStartSec=1")
        done = run(guest, "systemctl start slow")
        assert "a timeout was exceeded" in done.stderr
        assert run(guest, "systemctl is-active slow; pgrep -x sleep").stdout == "failed\n"

    def test_oneshot_stays_and_failures_are_ignored_where_marked(self, guest, unit):
        service = (
            "Type=oneshot\nRemainAfterExit=yes\nExecStartPre=-/bin/false\nExecStart=/bin/sh -c 'echo x >>/root/once'"
        )
        unit("once", service=service)
        assert run(guest, "systemctl start once && systemctl start once").returncode == 0
        assert run(guest, "systemctl is-active once; cat /root/once").stdout == "active\nx\n"
        assert run(guest, "systemctl restart once; cat /root/once").stdout == "x\nx\n"

    def test_a_unit_that_is_not_there(self, guest):
        done = run(guest, "systemctl start gone")
        assert (done.returncode, done.stderr) == (1, "Failed to start gone.service: Unit gone.service not found.\n")

    def test_assertion(self, guest, unit):
        unit("marked", unit="AssertPathExists=/root/marker", service="ExecStart=/bin/sleep 1000")
        assert "Assertion failed" in run(guest, "systemctl start marked").stderr
        assert run(guest, "touch /root/marker; systemctl start marked").returncode == 0

    def test_missing_mount(self, guest, unit):
        text = "[Mount]\\nWhat=/dev/disk/by-uuid/none\\nWhere=/srv/none\\n"
        run(guest, f"printf '{text}' >/etc/systemd/system/srv-none.mount")
        unit("needs", unit="RequiresMountsFor=/srv/none/below", service="ExecStart=/bin/sleep 1000")
        done = run(guest, "systemctl start needs")
        assert "A dependency job for needs.service failed" in done.stderr
        assert run(guest, "systemctl is-active needs").returncode == 3


class TestRestart:
    def test_a_killed_service_comes_back(self, guest, unit):
        unit("steady", service="ExecStart=/bin/sleep 1000\nRestart=always\nRestartSec=200ms")
        run(guest, "systemctl start steady")
        first = main_pid(guest, "steady")
        run(guest, f"kill -9 {first}")
        wait(lambda: main_pid(guest, "steady") not in ("", first), "another process")

    def test_kill_mode_process_leaves_the_others(self, guest, unit):
        unit("shims", service="ExecStart=/bin/sh -c 'sleep 4321 & exec sleep 4322'\nKillMode=process")
        run(guest, "systemctl start shims; sleep 0.3; systemctl stop shims")
        assert run(guest, "pgrep -f 'sleep 432[12]' | xargs ps -o args= -p").stdout == "sleep 4321\n"
        unit("group", service="ExecStart=/bin/sh -c 'sleep 5321 & exec sleep 5322'")
        run(guest, "systemctl start group; sleep 0.3; systemctl stop group")
        assert run(guest, "pgrep -x sleep -a | grep -c ' 532[12]'").stdout == "0\n"


def said(name, what):
    return f"echo {what} {name} >>/root/order"


class TestBoot:
    def test_enabled_services_start_in_order_and_stop_in_reverse(self, guest, unit):
        for name, after in (("later", "After=earlier.service"), ("earlier", "")):
            commands = (
                f"ExecStart=/bin/sh -c 'sleep 0.2; {said(name, 'start')}'\nExecStop=/bin/sh -c '{said(name, 'stop')}'"
            )
            unit(name, unit=after, service=f"Type=oneshot\nRemainAfterExit=yes\n{commands}")
        run(guest, "systemctl enable later earlier; rm -f /root/order")
        for _ in range(2):
            guest.power_off()
            guest.power_on()
            assert run(guest, "systemctl is-system-running --wait").stdout == "running\n"
        started, stopped = ["start earlier", "start later"], ["stop later", "stop earlier"]
        assert run(guest, "cat /root/order").stdout.splitlines() == [*started, *stopped, *started]

    def test_power_off_in_the_middle_of_a_boot(self, guest, unit):
        unit("endless", service="Type=notify\nExecStart=/bin/sleep 1000\nTimeoutStartSec=0")
        run(guest, "systemctl enable endless")
        guest.power_off()
        guest.power_on()
        started = time.monotonic()
        guest.power_off()
        assert time.monotonic() - started < patience(10)
        guest.power_on()
        assert run(guest, "systemctl is-system-running").stdout == "starting\n"
        run(guest, "systemctl disable --now endless")
        assert run(guest, "systemctl is-system-running --wait").stdout == "degraded\n"

    def test_disabled_does_not_start(self, guest, unit):
        assert run(guest, "systemctl disable later earlier; systemctl is-enabled later").stdout == "disabled\n"

    def test_a_line_of_fstab_that_fails_stops_the_boot(self, lab, guest):
        """As systemd's emergency mode: nobody can log in, except where the line says `nofail`."""
        run(guest, "echo '/gone /etc/x none bind,nofail 0 0' >>/etc/fstab")
        guest.power_off()
        guest.power_on()
        lab.keys.answers(guest.record.public_ip)
        run(guest, "sed -i s/,nofail// /etc/fstab")
        guest.power_off()
        guest.power_on()
        console = guest.folder / "console.log"
        assert run(guest, "systemctl is-system-running --wait").stdout == "maintenance\n"
        assert "etc-x.mount of /etc/fstab could not be mounted" in console.read_text()
        assert lab.keys.ssh(guest.record.public_ip, "true").returncode != 0
