"""The process that runs the program: what its host may do to it.  Programs are run in tests/engine."""

import subprocess
import sys

import pytest

from lab.engine.language_host import RUNNER, WAIT
from lab.nodes.simulated.processes import alive
from tests.waiting import patience, wait


@pytest.mark.parametrize("options", [[], [WAIT]])
def test_ends_quietly_when_its_host_has_ended(options):
    """As after a kill: its input ends without a word."""
    done = subprocess.run(
        [sys.executable, str(RUNNER), *options],
        input="",
        capture_output=True,
        text=True,
        timeout=patience(60),
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_host_that_is_ended_takes_it_along():
    """Also where no program was run, as for `pulumi about`."""
    host = subprocess.Popen([sys.executable, "-m", "lab.engine.language_host", "127.0.0.1:1"], stdout=subprocess.PIPE)
    assert host.stdout.readline().strip().isdigit()
    children = subprocess.run(["pgrep", "-P", str(host.pid)], capture_output=True, text=True, check=True).stdout.split()
    assert len(children) == 1
    host.terminate()
    host.wait(timeout=patience(30))
    # Its parent is gone, so the kernel's table says whether it still runs.
    wait(lambda: not alive(int(children[0])), "the end of the runner")
