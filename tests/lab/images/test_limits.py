"""Tests of lab.images.limits; that steps run under them is seen when the images are made."""

import resource

import pytest

from lab.images.limits import build_ulimits, ulimits

UNLIMITED = resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("own", "pid_max", "options"),
    [
        # A process may have more processes than there are identifiers: buildah has lowered itself by then.
        ({"nproc": (96365, 96365)}, 32768, ["--ulimit=nproc=32768:32768"]),
        ({"nproc": (1024, 96365)}, 32768, ["--ulimit=nproc=1024:32768"]),
        ({"nproc": (500, 900)}, 4194304, ["--ulimit=nproc=500:900"]),
        ({"nproc": (UNLIMITED, UNLIMITED)}, 4194304, ["--ulimit=nproc=1048576:1048576"]),
        # Identifiers are no matter of files.
        ({"nofile": (65536, 524288)}, 32768, ["--ulimit=nofile=65536:524288"]),
        ({"nofile": (1024, UNLIMITED)}, 32768, ["--ulimit=nofile=1024:1048576"]),
    ],
)
def test_no_more_than_what_is_left(own, pid_max, options):
    assert ulimits(own, pid_max) == options


def test_this_process(monkeypatch):
    monkeypatch.setattr(resource, "getrlimit", {resource.RLIMIT_NOFILE: (7, 8), resource.RLIMIT_NPROC: (5, 6)}.get)

    assert build_ulimits() == ["--ulimit=nofile=7:8", "--ulimit=nproc=5:6"]
