"""What builds take from the machine."""

import os
from pathlib import Path

import pytest

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


class TestPipsSettings:
    """By the real `pip config list`, as a machine with these settings and no others answers it."""

    @pytest.fixture
    def written(self, tmp_path, monkeypatch):
        for name in [one for one in os.environ if one.startswith("PIP_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        monkeypatch.setenv("STAGECOACH_CACHE", str(tmp_path / "cache"))

        def settings(**given):
            for name, value in given.items():
                monkeypatch.setenv(f"PIP_{name.upper()}", value)
            with machine_settings() as machine:
                lines = (machine.pip / "pip.conf").read_text().splitlines()
                return lines, sorted(one.name for one in machine.pip.rglob("*.*") if one.name != "pip.conf")

        return settings

    def test_none(self, written):
        """As on most machines."""
        assert written() == (["[global]"], [])

    def test_a_folder_of_wheels_comes_along(self, written, tmp_path):
        (tmp_path / "wheels").mkdir()
        (tmp_path / "wheels" / "one.whl").touch()
        lines, files = written(find_links=str(tmp_path / "wheels"))
        assert (lines, files) == (["[global]", "find-links = /etc/xdg/pip/wheels"], ["one.whl"])

    def test_a_folder_that_is_gone_is_left_out(self, written, tmp_path):
        assert written(find_links=str(tmp_path / "gone")) == (["[global]"], [])

    def test_addresses_stay(self, written):
        lines, _ = written(find_links="https://wheels.example/", index_url="https://pypi.example/simple")
        assert sorted(lines[1:]) == [
            "find-links = https://wheels.example/",
            "index-url = https://pypi.example/simple",
        ]

    def test_a_certificate_comes_along(self, written, tmp_path):
        (tmp_path / "own.pem").write_text("x")
        assert written(cert=str(tmp_path / "own.pem")) == (["[global]", "cert = /etc/xdg/pip/cert.pem"], ["cert.pem"])


def test_settings_are_gone_afterwards(tmp_path, monkeypatch):
    monkeypatch.setenv("STAGECOACH_CACHE", str(tmp_path))
    with machine_settings() as machine:
        assert (machine.apt / "sources.list").read_text().endswith(" trixie main\n")
        assert (machine.pip / "pip.conf").read_text().startswith("[global]\n")
        assert machine.apt.parent.stat().st_mode & 0o077 == 0
        host = [Path(volume.removeprefix("--volume=").split(":")[0]) for volume in machine.volumes()]
        assert [path for path in host if not path.exists()] == []
    assert not machine.apt.exists()
