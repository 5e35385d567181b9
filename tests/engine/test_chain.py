"""One deployment of each provider goes up all stages and down again: in place, nothing left to do after each move."""

import os
import shutil

import pytest

from lab.paths import REPOSITORY
from tests.engine.deployment import Deployment
from tests.engine.tables import TABLES
from tests.plans import REGIONS

pytestmark = pytest.mark.engine

CHAIN = (1, 2, 3, 4, 5, 4, 3, 2, 1)
# What a move never replaces nor deletes (design 4); Celery's own servers hold no data and may go.
CLOUDS = ("hcloud:", "digitalocean:", "vultr:")
KEPT = (
    "pulumi:providers:kubernetes",
    "kubernetes:core/v1:Namespace",
    "kubernetes:core/v1:PersistentVolumeClaim",
    "kubernetes:apps/v1:StatefulSet",
    "random:index/randomPassword:RandomPassword",
    "tls:index/privateKey:PrivateKey",
)
DATA = ("postgres", "redis-broker", "redis-cache")


def is_kept(step):
    return (step.type in KEPT or step.type.startswith(CLOUDS)) and "celery" not in step.name


@pytest.fixture(scope="class", params=sorted(REGIONS))
def deployment(request):
    made = Deployment(f"chain-{request.param}-{os.getpid()}", request.param)
    yield made
    made.close()


class TestChain:
    def test_every_move_is_in_place(self, deployment):
        """Prints what each move changes; the way down lowers the server's type where the provider can."""
        rows, previous, before = [], None, {}
        for stage in CHAIN:
            deployment.configure(stage=stage)
            steps = deployment.up()
            if previous is not None:
                self._check(steps, previous, stage)
            after = deployment.resources()
            self._nothing_was_replaced(before, after)
            assert set(deployment.pods()) <= {"Running", "Succeeded"}
            assert deployment.preview() == []
            rows.append(self._row(deployment, previous, stage, steps))
            previous, before = stage, after
        TABLES[f"moves on {deployment.provider}"] = rows

    def test_a_reordered_catalog_changes_nothing(self, deployment):
        """A running server keeps its type: another first candidate, as a price list may bring, is for new servers."""
        program = deployment.workspace.folder / "infra"
        program.unlink()  # a link to the checkout
        shutil.copytree(REPOSITORY / "infra", program, ignore=shutil.ignore_patterns("__pycache__"))
        with (program / "catalog" / f"{deployment.provider}.py").open("a") as catalog:
            catalog.write("\nCANDIDATES = CANDIDATES[::-1]\n")
        assert deployment.preview() == []

    @staticmethod
    def _check(steps, previous, stage):
        touched = {(step.op, step.short) for step in steps if is_kept(step) and step.op != "update"}
        created = {(op, name) for op, name in touched if op == "create"}
        assert touched - created == set()
        if {previous, stage} == {2, 3}:
            assert [step.short for step in steps if step.name.startswith(DATA)] == []

    @staticmethod
    def _nothing_was_replaced(before, after):
        """Physical ids stay: asked of the state, not of the preview."""
        kinds = (*KEPT, *CLOUDS)
        kept = {urn for urn in before if any(kind in urn for kind in kinds) and "celery" not in urn.rpartition("::")[2]}
        assert {urn for urn in kept if before[urn] != after.get(urn)} == set()

    @staticmethod
    def _row(deployment, previous, stage, steps):
        moved = f"{previous} -> {stage}" if previous else f"new at {stage}"
        outputs = deployment.cli.outputs("stage1", deployment.workspace.folder)
        if not previous:
            return moved, outputs["instance_type"], f"{len(steps)} created"
        names = sorted(f"{step.op} {step.short}" for step in steps if not step.op.endswith(("replacement", "replaced")))
        return moved, outputs["instance_type"], ", ".join(names)
