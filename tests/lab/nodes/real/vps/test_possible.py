"""One line says why a machine can't run real servers."""

from lab.nodes.real.vps import possible


def test_not_root(monkeypatch):
    monkeypatch.setattr(possible.os, "geteuid", lambda: 1000)
    assert possible.why_not() == "real servers need root"


def test_not_linux(monkeypatch):
    monkeypatch.setattr(possible.sys, "platform", "darwin")
    assert possible.why_not() == "real servers need Linux"


def test_missing_programs_are_named(monkeypatch):
    monkeypatch.setattr(possible.os, "geteuid", lambda: 0)
    monkeypatch.setattr(possible, "cached", lambda: False)
    monkeypatch.setattr(possible.shutil, "which", lambda name: None if name in ("ip", "mmdebstrap") else name)
    assert possible.why_not() == "missing: ip, mmdebstrap (`make programs` installs what Debian has)"


def test_missing_controllers_are_named(monkeypatch):
    monkeypatch.setattr(possible.os, "geteuid", lambda: 0)
    monkeypatch.setattr(possible.shutil, "which", lambda name: name)
    monkeypatch.setattr(possible, "hierarchies", list)
    assert possible.why_not() == "no cgroup controller for cpu, memory, pids"
