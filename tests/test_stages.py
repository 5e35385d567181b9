"""A further stage is a file in stacks/ and its stack file; nothing else counts them."""

import pytest

from stacks import LAST, STAGES
from tests.checkouts import REPOSITORY, copy_program, infra


def test_every_file_is_a_stage_of_its_number():
    names = {path.stem for path in (REPOSITORY / "stacks").glob("stage*.py")}
    assert {f"stage{number}" for number in STAGES} == names
    assert list(STAGES) == list(range(1, LAST + 1))


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A checkout with a stage more: the last one under the next number."""
    folder = copy_program(tmp_path_factory.mktemp("checkout"), f"Pulumi.stage{LAST}.yaml")
    more = LAST + 1
    text = (folder / f"stacks/stage{LAST}.py").read_text()
    assert text.count(f"stage={LAST},") == 1
    (folder / f"stacks/stage{more}.py").write_text(text.replace(f"stage={LAST},", f"stage={more},"))
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
    done = infra(checkout, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert said in done.stdout
