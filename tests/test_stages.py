"""A further stage is a file in stacks/ and its stack file; nothing else counts them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stacks import LAST, STAGES
from tests.waiting import patience

REPOSITORY = Path(__file__).resolve().parent.parent


def test_every_file_is_a_stage_of_its_number():
    names = {path.stem for path in (REPOSITORY / "stacks").glob("stage*.py")}
    assert {f"stage{number}" for number in STAGES} == names
    assert list(STAGES) == list(range(1, LAST + 1))


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A checkout with a stage more: the last one under the next number."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("infra", "pod", "stacks"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    more = LAST + 1
    text = (folder / f"stacks/stage{LAST}.py").read_text()
    assert text.count(f"stage={LAST},") == 1
    (folder / f"stacks/stage{more}.py").write_text(text.replace(f"stage={LAST},", f"stage={more},"))
    shutil.copy(REPOSITORY / f"Pulumi.stage{LAST}.yaml", folder)
    text = (folder / f"Pulumi.stage{LAST}.yaml").read_text()
    (folder / f"Pulumi.stage{more}.yaml").write_text(text.replace(f"stage: {LAST}", f"stage: {more}"))
    return folder


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("plan", "--stack-file", f"Pulumi.stage{LAST + 1}.yaml"), f"Stage {LAST + 1} on "),
        (
            ("diff", "--from", f"Pulumi.stage{LAST}.yaml", "--to", f"Pulumi.stage{LAST + 1}.yaml"),
            f"Stage {LAST} to {LAST + 1}",
        ),
        (("prices", "--stage", str(LAST + 1), "--json"), f'"stage": {LAST + 1}'),
        (("plan", "--help"), f"1 to {LAST + 1}"),
    ],
)
def test_a_stage_more(checkout, words, said):
    done = subprocess.run(
        [sys.executable, "-m", "infra", *words],
        cwd=checkout,
        env={"PATH": os.environ["PATH"], "HOME": str(checkout), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=patience(120),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert said in done.stdout
