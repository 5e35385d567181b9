"""`make proof`: the long proofs.  Most of them wait for a probe or a timeout, so that several run beside each other.

First what waits, four rows beside each other, with the autoscalers and the alerts of a busy server, which need the
processors; then every stage; at last the drawn stacks, which take every processor there is.
"""

import sys

from tests.run import main

PROOF = (sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "--durations=0", "-m", "proof")
_BUSY = ("tests/real/test_autoscaler.py", "tests/real/test_more_alerts.py")
_PROBES = "tests/real/test_probes_proof.py"
_HANGS = f"{_PROBES}::test_what_hangs_is_restarted"  # a quarter of an hour
_TIMEOUTS = ("tests/real/test_other_apps.py", "tests/real/test_wrong.py")
_VOLUMES, _FULL, _STAGES = (f"tests/real/test_{name}.py" for name in ("volumes", "full", "stages"))
_ABOVE = (*_BUSY, _PROBES, *_TIMEOUTS, _VOLUMES, _FULL, _STAGES)
STEPS = (
    (
        ("autoscalers, alerts of busy servers", (*PROOF, *_BUSY)),
        ("what hangs, volumes", (*PROOF, _HANGS, _VOLUMES)),
        ("more probes, full parts", (*PROOF, f"--deselect={_HANGS}", _PROBES, _FULL)),
        ("images and passwords that are wrong", (*PROOF, *_TIMEOUTS)),
    ),
    (("every stage", (*PROOF, _STAGES)),),
    (("everything else", (*PROOF, *(f"--ignore={one}" for one in _ABOVE), "tests")),),
)

if __name__ == "__main__":
    sys.exit(main(STEPS))
