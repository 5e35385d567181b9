"""What builds take from the machine."""

from pathlib import Path

from lab.images.machine import acquire_options, machine_settings, mirror, pip_options

TARGETS = """\
https://packages.example/apt Other stable
http://mirror.example/debian-security/ Debian bookworm-security
http://mirror.example/debian/ Debian bookworm
http://mirror.example/debian/ Debian bookworm-updates
"""
APT = """\
APT::Update::Post-Invoke:: "rm -f x";
Acquire::http::Proxy "http://proxy.example:3128";
Acquire::Check-Date "false";
Acquire::IndexTargets::deb::Packages::MetaKey "x";
Acquire::https "";
Dpkg::Hook "x";
"""
PIP = """\
:env:.index-url='https://one.example/simple'
global.index-url='https://two.example/simple'
global.cert='/etc/ca.pem'
install.user='true'
"""


class TestMirror:
    def test_the_machines_own(self):
        """Not its security archive, not its updates: those have other suites."""
        assert mirror(TARGETS) == "http://mirror.example/debian"

    def test_no_debian(self):
        assert mirror("http://archive.example/ubuntu/ Ubuntu noble\n") == "http://deb.debian.org/debian"
        assert mirror("") == "http://deb.debian.org/debian"


def test_apt_options_are_those_of_the_way_to_a_mirror():
    assert acquire_options(APT) == [
        'Acquire::http::Proxy "http://proxy.example:3128";',
        'Acquire::Check-Date "false";',
        'Acquire::https "";',
        'Acquire::Retries "3";',
        'Acquire::Languages "none";',
        'APT::Install-Recommends "false";',
    ]


def test_pip_options():
    """A variable wins over a file; what is not about an index is the machine's own affair."""
    assert pip_options(PIP) == {"index-url": "https://one.example/simple", "cert": "/etc/ca.pem"}


def test_settings_are_gone_afterwards(tmp_path, monkeypatch):
    monkeypatch.setenv("STAGECOACH_CACHE", str(tmp_path))
    with machine_settings() as machine:
        assert (machine.apt / "sources.list").read_text().endswith(" trixie main\n")
        assert (machine.pip / "pip.conf").read_text().startswith("[global]\n")
        assert machine.apt.parent.stat().st_mode & 0o077 == 0
        host = [Path(volume.removeprefix("--volume=").split(":")[0]) for volume in machine.volumes()]
        assert [path for path in host if not path.exists()] == []
    assert not machine.apt.exists()
