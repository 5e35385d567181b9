"""Children end with k3s, and their end is noticed."""

import time

import pytest

from lab.nodes.real.k3s.guest.children import Children
from lab.nodes.real.k3s.guest.machine import environment
from tests.waiting import patience, wait


@pytest.fixture
def children(tmp_path):
    one = Children(tmp_path / "logs", environment())
    yield one
    one.stop()


def until(condition):
    wait(condition, "the child")


def test_end_and_last_lines(children):
    children.start("etcd", ["sh", "-c", "echo disk full; exit 3"])
    until(lambda: list(children.ended()))
    assert list(children.ended()) == [("etcd", 3)]
    assert children.last_lines("etcd") == "disk full"


def test_stop_kills_what_does_not_listen(children, monkeypatch):
    monkeypatch.setattr("lab.nodes.real.k3s.guest.children._END_SECONDS", 0.2)
    children.start("containerd", ["sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"])
    started = time.monotonic()
    children.stop()
    assert time.monotonic() - started < patience(5)
    assert list(children.ended()) == []


def test_output_is_appended_and_a_large_log_begins_anew(children, monkeypatch, tmp_path):
    log = tmp_path / "logs" / "kubelet.log"
    for expected in ("one\n", "one\none\n"):
        children.start("kubelet", ["echo", "one"])
        until(lambda text=expected: log.read_text() == text)
    monkeypatch.setattr("lab.nodes.real.k3s.guest.children._LOG_LIMIT", 3)
    children.start("kubelet", ["echo", "two"])
    until(lambda: log.read_text() == "two\n")


def test_what_came_too_early_is_started_again(children, tmp_path):
    """A kubelet that asks containerd before it can answer; another reason to end is one."""
    marker = tmp_path / "ready"
    script = f"test -e {marker} && {{ echo stays; exec sleep 60; }}; echo not yet; exit 1"
    children.start("kubelet", ["sh", "-c", script], "not yet")
    until(lambda: list(children.ended()))
    marker.touch()
    assert children.started_again("kubelet")
    until(lambda: "stays" in children.last_lines("kubelet"))
    assert list(children.ended()) == []
    children.start("etcd", ["sh", "-c", "echo disk full; exit 3"])
    until(lambda: list(children.ended()))
    assert not children.started_again("etcd")
