"""The main thread notices signals and ends of children."""

import os
import signal

import pytest

from lab.nodes.real.k3s.guest.children import Children
from lab.nodes.real.k3s.guest.lifecycle import Lifecycle, StoppedError
from lab.nodes.real.k3s.guest.machine import environment
from lab.nodes.real.k3s.guest.refusal import RefusalError
from tests.waiting import wait


@pytest.fixture
def lifecycle(tmp_path):
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    children = Children(tmp_path, environment())
    yield Lifecycle(children)
    children.stop()
    for number, handler in kept.items():
        signal.signal(number, handler)


def test_signal_stops_the_waiting(lifecycle):
    os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(StoppedError):
        lifecycle.forever()


def test_a_childs_end_ends_k3s(lifecycle):
    lifecycle.children.start("etcd", ["sh", "-c", "echo no space left; exit 1"])
    with pytest.raises(RefusalError, match="etcd ended with 1; it said: no space left"):
        lifecycle.forever()


def test_pause_returns(lifecycle):
    lifecycle.pause(0.01)


def test_repeat_goes_on_after_errors_and_says_each_once(lifecycle, capfd):
    seen = []

    def look():
        seen.append(1)
        if len(seen) == 1:
            return 0.01
        raise OSError("connection refused")

    lifecycle.repeat("deploy", look)
    wait(lambda: len(seen) >= 3, "the third look")
    os.kill(os.getpid(), signal.SIGTERM)
    assert len(seen) >= 3
    assert capfd.readouterr().err.count("deploy: connection refused") == 1


def test_a_child_that_came_too_early_does_not_end_k3s(lifecycle, tmp_path):
    marker = tmp_path / "ready"
    script = f"test -e {marker} && exec sleep 60; touch {marker}; echo not yet; exit 1"
    lifecycle.children.start("kubelet", ["sh", "-c", script], "not yet")
    lifecycle.pause(1)
    assert list(lifecycle.children.ended()) == []
