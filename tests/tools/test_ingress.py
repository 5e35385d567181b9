"""The ingress stand-in's own tests, in Go."""

import subprocess

import pytest

from lab.toolchain.build import ensure
from lab.toolchain.programs import INGRESS_TESTS
from tests.waiting import patience

pytestmark = pytest.mark.vps  # it compiles client-go; what a server's programs are built for anyway


def test_go_test(tmp_path):
    """Routes, forwarded headers, metrics under traefik's names."""
    done = subprocess.run(
        [ensure(INGRESS_TESTS), "-test.v"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=patience(60),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "--- PASS: " in done.stdout
