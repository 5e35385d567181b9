"""A newcomer's test: every command of the tutorial is run, in the lab."""

import pytest

from tests.docs.page import DOCS, skipped
from tests.docs.shell import play

PAGE = DOCS / "tutorial" / "first-order.md"


def test_what_is_not_run():
    """Exactly these blocks: a comment more in the page is a failure here."""
    assert skipped(PAGE) == [
        "needs Docker and a registry",
        "needs the internet",
        "needs a real server",
        "needs pods that run",
        "needs pods that run",
    ]


@pytest.mark.engine
def test_every_command_runs(machine):
    play(PAGE, machine)
    code, output = machine.run("pulumi preview -s stage2 --expect-no-changes")
    assert code == 0, output
    assert (machine.environment["KUBECONFIG"], oct((machine.folder.parent.parent / ".kube/shop").stat().st_mode)) == (
        str(machine.folder.parent.parent / ".kube/shop"),
        "0o100600",
    )
