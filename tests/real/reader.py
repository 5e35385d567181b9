"""Somebody who follows a page of the documentation beside a running shop."""

import os
import sys
from pathlib import Path

from lab.engine.pulumi_cli import PulumiCli
from tests.docs.shell import Shell


def reader(shop, folder):
    """The shell of that person, in the stack's folder."""
    cli = PulumiCli(root=shop.lab.root, debug_providers=shop.lab.daemon.start().debug_providers)
    environment = cli.environment() | {
        "PULUMI_SKIP_CONFIRMATIONS": "true",
        "KUBECONFIG": str(shop.lab.root / "kubeconfig"),
    }
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    return Shell(shop.lab.workspace.folder, environment, folder)
