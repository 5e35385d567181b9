"""`make proof`: the long proofs, three rows of them at once, because most of them wait for a timeout or a probe.

The row that needs the processors has the alerts of a busy server, the autoscalers and the drawn stacks; the two others
leave them to it.
"""

import sys

from tests.run import main

PROOF = (sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "--durations=0", "-m", "proof")
_PROBES = ("tests/real/test_probes_proof.py", "tests/real/test_two_labs.py")
_TIMEOUTS = (
    "tests/real/test_other_apps.py",
    "tests/real/test_wrong.py",
    "tests/real/test_volumes.py",
    "tests/real/test_full.py",
)
STEPS = (
    (
        ("what hangs, two labs", (*PROOF, *_PROBES)),
        ("images and passwords that are wrong, volumes, full parts", (*PROOF, *_TIMEOUTS)),
        ("everything else", (*PROOF, *(f"--ignore={one}" for one in (*_PROBES, *_TIMEOUTS)), "tests")),
    ),
)

if __name__ == "__main__":
    sys.exit(main(STEPS))
