"""`make proof`: the long proofs, in two steps of rows at once, because most of them wait for a timeout or a probe.

First the alerts of a busy server and the autoscalers, which need the processors, beside probes, which wait; then the
rest, the drawn stacks last, because they take every processor there is.
"""

import sys

from tests.run import main

PROOF = (sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "--durations=0", "-m", "proof")
_BUSY = ("tests/real/test_autoscaler.py", "tests/real/test_more_alerts.py")
_PROBES = ("tests/real/test_probes_proof.py",)
_TIMEOUTS = ("tests/real/test_other_apps.py", "tests/real/test_wrong.py")
_SERVERS = ("tests/real/test_volumes.py", "tests/real/test_full.py", "tests/real/test_stages.py")
_ABOVE = (*_BUSY, *_PROBES, *_TIMEOUTS, *_SERVERS)
STEPS = (
    (
        ("autoscalers, alerts of busy servers", (*PROOF, *_BUSY)),
        ("what hangs", (*PROOF, *_PROBES)),
    ),
    (
        ("images and passwords that are wrong", (*PROOF, *_TIMEOUTS)),
        ("volumes, full parts, every stage", (*PROOF, *_SERVERS)),
        ("everything else", (*PROOF, *(f"--ignore={one}" for one in _ABOVE), "tests")),
    ),
)

if __name__ == "__main__":
    sys.exit(main(STEPS))
