"""The ingress stand-in's own tests, in Go."""

import subprocess

import pytest

from lab.paths import TOOLS
from lab.toolchain import build
from lab.toolchain.go import find_go
from tests.waiting import patience

pytestmark = pytest.mark.vps  # it compiles client-go; what a server's programs are built for anyway


def test_go_test():
    """Routes, forwarded headers, metrics under traefik's names."""
    # Trimmed as the program is, or Go would compile each of client-go's packages a second time.
    command = [str(find_go()), "test", "-trimpath", "./ingress"]
    done = subprocess.run(
        command,
        cwd=TOOLS / "kubernetes",
        env=build._environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=patience(900),
    )
    assert done.returncode == 0, done.stdout + done.stderr
