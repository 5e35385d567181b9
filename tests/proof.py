"""`make proof`: the long proofs, four rows of them at once, because most of them wait for a timeout or a probe.

The row that needs the processors has the autoscalers and the alerts of a busy server, and last the drawn stacks, which
take all that there is.
"""

import sys

from tests.run import main

PROOF = (sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "--durations=0", "-m", "proof")
_PROBES = ("tests/real/test_probes_proof.py", "tests/real/test_two_labs.py")
_TIMEOUTS = ("tests/real/test_other_apps.py", "tests/real/test_wrong.py")
_SERVERS = ("tests/real/test_volumes.py", "tests/real/test_full.py", "tests/real/test_stages.py")
_OTHERS = (*_PROBES, *_TIMEOUTS, *_SERVERS)
STEPS = (
    (
        ("what hangs, two labs", (*PROOF, *_PROBES)),
        ("images and passwords that are wrong", (*PROOF, *_TIMEOUTS)),
        ("volumes, full parts, every stage", (*PROOF, *_SERVERS)),
        ("busy servers, everything else", (*PROOF, *(f"--ignore={one}" for one in _OTHERS), "tests")),
    ),
)

if __name__ == "__main__":
    sys.exit(main(STEPS))
