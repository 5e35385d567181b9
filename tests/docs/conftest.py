"""A machine for a page's commands: the lab's engine and cloud, a home of its own, a copy of the checkout to clone."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from lab.engine.pulumi_cli import PulumiCli
from lab.lifecycle import Lab
from lab.paths import cache_root
from lab.toolchain.build import ensure
from lab.toolchain.programs import ETCD, KUBE
from tests.docs.shell import Shell

REPOSITORY = Path(__file__).resolve().parents[2]
ADDRESS = "https://github.com/example/stagecoach.git"  # as the tutorial says it
# A page sets these itself.
_LEFT_OUT = ("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "HCLOUD_TOKEN", "DIGITALOCEAN_TOKEN", "VULTR_API_KEY")


@pytest.fixture(scope="module")
def lab():
    """A lab of the module's own."""
    made = Lab(f"docs-{os.getpid()}")
    yield made
    made.reset()


@pytest.fixture(scope="module")
def machine(lab, tmp_path_factory):
    """A shell in an empty folder; `git clone` of the documented address gives the files as they are now."""
    home = tmp_path_factory.mktemp("home")
    for program in (KUBE, ETCD):
        ensure(program)
    cli = PulumiCli(root=lab.root, debug_providers=lab.daemon.start().debug_providers)
    environment = {key: value for key, value in cli.environment().items() if key not in _LEFT_OUT}
    environment |= {
        "HOME": str(home),
        "COLUMNS": "140",  # pages show the tables of a wide terminal
        "STAGECOACH_CACHE": str(cache_root()),
        "PULUMI_SKIP_CONFIRMATIONS": "true",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{_copy(tmp_path_factory.mktemp('origin'))}.insteadOf",
        "GIT_CONFIG_VALUE_0": ADDRESS,
    }
    work = home / "work"
    work.mkdir()
    return Shell(work, environment, tmp_path_factory.mktemp("kept"))


def _copy(target):
    """A repository with every file of the checkout that git would not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (REPOSITORY / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / name, target / name)
    identity = ["-c", "user.name=tests", "-c", "user.email=tests@example.com"]
    for command in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-q", "-m", "as it is"]):
        subprocess.run(["git", *command], cwd=target, check=True, capture_output=True)
    return target
