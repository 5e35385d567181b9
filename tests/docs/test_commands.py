"""A newcomer's test: every command of the tutorial and of the how-to pages is run, in the lab.

One deployment for all: the tutorial builds it, the how-to pages use it one after the other, the tutorial's end moves
it.
"""

import json

import pytest

from tests.docs.page import DOCS, read_blocks, skipped
from tests.docs.shell import play

TUTORIAL = DOCS / "tutorial" / "first-order.md"
LAST = "## 12. The next stage"
# Pages and the reasons of what is not run: one more in a page is a failure here.
SKIPPED = {
    "tutorial/first-order.md": (
        "needs Docker and a registry",
        "needs pods that run",
        "needs the internet",
        "needs a real server",
        "needs pods that run",
        "asks at a terminal",
        "needs pods that run",
        "needs pods that run",
    ),
    "how-to/move-a-stage.md": (),
    "how-to/stack-file.md": (),
    "how-to/private-addresses.md": ("needs pods that run",),
    "how-to/read-a-plan.md": (),
    "how-to/override.md": (),
    "how-to/explain.md": (),
    "how-to/queues.md": (),
    "how-to/celery-servers.md": ("needs a loss", "needs a real server"),
    "how-to/domains.md": ("needs a real server",),
    "how-to/own-image.md": ("needs Docker",),
    "how-to/cookiecutter-django.md": ("needs Docker", "needs a stack of your own", "needs pods that run"),
    "how-to/new-version.md": (),
    "how-to/own-jobs.md": (),
    "how-to/private-registry.md": (),
    "how-to/mirrors.md": ("needs the internet", "needs pods that run"),
    "how-to/ssh-keys.md": ("needs a real server",),
    "how-to/renew-kubeconfig.md": (),
    "how-to/upgrade-k3s.md": ("needs a real server",) * 3,
    "how-to/prices.md": (),
    "how-to/loadtest.md": ("needs pods that run",),
    "how-to/operate.md": ("needs pods that run",) * 7,
    "how-to/guard.md": (),
    "how-to/render.md": (),
    "how-to/doctor.md": ("asks the internet",),
    "how-to/command-line.md": ("changes the home directory", "asks the terminal's shell"),
    "how-to/alerts.md": ("needs pods that run",) * 3,
    "how-to/receivers.md": ("needs pods that run", "needs a server of 8 GB"),
    "how-to/rotate-secrets.md": ("asks at a terminal",),
    "how-to/rotate-deploy-key.md": (),
    "how-to/lost-server.md": ("needs pods that run",),
}
# The other one needs a loss first.
PLAYED = [name for name in SKIPPED if name.startswith("how-to/") and name != "how-to/lost-server.md"]


@pytest.mark.parametrize("name", SKIPPED)
def test_what_is_not_run(name):
    assert tuple(skipped(DOCS / name)) == SKIPPED[name]


def test_no_page_is_left_out():
    """A page whose commands are marked for this test, and which it does not know."""
    marked = {path for path in DOCS.glob("how-to/*.md") if any(one.language == "sh" for one in read_blocks(path))}
    assert {str(path.relative_to(DOCS)) for path in marked} == {name for name in SKIPPED if name.startswith("how-to/")}


@pytest.fixture(scope="module")
def shop(machine):
    """The tutorial up to the move: a running stage 1, in the shell of its reader."""
    play(TUTORIAL, machine, until=LAST)
    return machine


def lose_the_server(lab):
    """Hetzner's side of a deleted server: volume and address stay, what hung on the server is gone."""
    lab.down()
    path = lab.root / "hetzner.json"
    content = json.loads(path.read_text())
    kinds = content["kinds"]
    assert len(kinds["server"]) == 1
    for kind in ("server", "serverNetwork", "volumeAttachment"):
        kinds[kind] = {}
    for kind in ("volume", "primaryIp"):
        kinds[kind] = {key: {**one, "serverId": None} for key, one in kinds[kind].items()}
    path.write_text(json.dumps(content))
    (lab.root / "machines.json").write_text("{}")


def unchanged(shell, stack):
    """The state is what the files say."""
    code, output = shell.run(f"pulumi preview -s {stack} --expect-no-changes")
    assert code == 0, output


@pytest.mark.engine
class TestEveryCommand:
    def test_tutorial(self, shop):
        """The kubeconfig belongs to its reader alone."""
        unchanged(shop, "stage1")
        assert shop.run('stat -c %a "$KUBECONFIG"') == (0, "600\n")

    @pytest.mark.parametrize("name", PLAYED)
    def test_how_to(self, shop, name):
        play(DOCS / name, shop)

    def test_pages_finish_what_they_begin(self, shop):
        """What they wrote into the stack file was applied, too."""
        unchanged(shop, "stage1")

    def test_lost_server(self, shop, lab):
        """The cluster is the one that was there: its own database lies on the volume."""
        before = shop.run("kubectl get namespace app -o jsonpath='{.metadata.uid}'")
        lose_the_server(lab)
        shop.environment["PULUMI_DEBUG_PROVIDERS"] = lab.daemon.start().debug_providers
        play(DOCS / "how-to/lost-server.md", shop)
        assert shop.run("kubectl get namespace app -o jsonpath='{.metadata.uid}'") == before
        unchanged(shop, "stage1")

    def test_tutorials_end(self, shop):
        play(TUTORIAL, shop, since=LAST)
        unchanged(shop, "stage1")
