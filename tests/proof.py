"""`make proof`: the long proofs.  Most of them wait for a probe or a timeout, so that three rows run beside each other.

The first has what needs the processors: autoscalers, alerts of a busy server, every stage.  At last come the drawn
stacks, which take every processor there is.
"""

import sys

from tests.run import main

PROOF = (sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "--durations=0", "-m", "proof")
_BUSY = ("tests/real/test_autoscaler.py", "tests/real/test_more_alerts.py")
_PROBES = "tests/real/test_probes_proof.py"
_HANGS = f"{_PROBES}::test_what_hangs_is_restarted"  # a quarter of an hour
_TIMEOUTS = ("tests/real/test_wrong.py", "tests/real/test_other_apps.py")  # after the second the shop is none
_VOLUMES, _FULL, _STAGES = (f"tests/real/test_{name}.py" for name in ("volumes", "full", "stages"))
_ABOVE = (*_BUSY, _PROBES, *_TIMEOUTS, _VOLUMES, _FULL, _STAGES)
STEPS = (
    (
        ("autoscalers, alerts of busy servers, every stage", (*PROOF, *_BUSY, _STAGES)),
        ("what hangs, volumes, full parts", (*PROOF, _HANGS, _VOLUMES, _FULL)),
        ("more probes, what is wrong", (*PROOF, f"--deselect={_HANGS}", _PROBES, *_TIMEOUTS)),
    ),
    (("everything else", (*PROOF, *(f"--ignore={one}" for one in _ABOVE), "tests")),),
)

if __name__ == "__main__":
    sys.exit(main(STEPS))
