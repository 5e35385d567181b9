"""What the program reads in a stack file is what the engine reads, by the engine's own code."""

import json
import subprocess

import pytest

from infra.errors import ConfigError
from infra.stack_file.reader.engine_config import parse_engine_config
from infra.stack_file.reader.engine_values import from_engine
from infra.stack_file.reader.parse import parse_stack_file
from infra.stack_file.reader.stack_text import read_stack_text
from lab.toolchain.build import ensure
from lab.toolchain.programs import STACKFILE
from tests.stack_file.reader.written import WORDS, drawn_file, drawn_text

pytestmark = pytest.mark.stackfile


def engine(texts):
    """For each text the values by key, or None for one that the engine refuses."""
    lines = "".join(f"{json.dumps(text)}\n" for text in texts)
    done = subprocess.run([ensure(STACKFILE)], input=lines, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(texts)
    return [None if "error" in one else one.get("config", {}) for one in answers]


def ours(text):
    """The same of the program's reader; None as well for what it takes for odd."""
    try:
        found = read_stack_text(text, "Pulumi.x.yaml")
    except ConfigError:
        return None
    if found.problems or any(key.count(":") != 1 for key in found.values):
        return None  # a key like that is refused by name later
    return found.values


def disagreements(texts):
    """Texts that the program takes, and the engine does not or in another way; how many both take."""
    both, wrong = 0, []
    for text, theirs in zip(texts, engine(texts), strict=True):
        mine = ours(text)
        if mine is None:
            continue
        both += 1
        if (
            theirs is None
            or mine.keys() != theirs.keys()
            or any(value != _handed_over(key, theirs[key], value) for key, value in mine.items())
        ):
            wrong.append((text, mine, theirs))
    return wrong, both


def _handed_over(key, text, value):
    """The engine decrypts what is a secret: its shape is the file's alone."""
    if "secure" in json.dumps(value):
        return value
    return from_engine(key.partition(":")[2], text)


def test_every_word():
    texts = [f"config:\n  stagecoach:x: {word}\n" for word in WORDS]
    wrong, both = disagreements(texts)
    assert wrong == []
    assert both > len(WORDS) // 4


TOPS = (
    *("%YAML 1.2\n---\n", "%YAML 1.1\n---\n", "---\n", "\ufeff", "# a comment\n"),
    *(
        f"{key}: {value}\n"
        for key in ("secretsprovider", "encryptionsalt")
        for value in ("a", "5", "[a]", "{a: b}", "")
    ),
    *(f"environment: {value}\n" for value in ("5", "[a]", "[{a: {merge: true}}]", "{imports: [a]}", "")),
)


@pytest.mark.parametrize("top", TOPS)
def test_above_the_config(top):
    assert disagreements([f"{top}config:\n  stagecoach:x: 1\n"])[0] == []


def test_three_hundred_drawn_files():
    wrong, both = disagreements([drawn_text(seed) for seed in range(300)])
    assert wrong == []
    assert both > 50


def test_ten_thousand_drawn_files():
    wrong, both = disagreements([drawn_text(seed) for seed in range(1000, 11_000)])
    assert wrong == []
    assert both > 1500


def test_keys_without_a_namespace():
    text = "config:\n  stage: 2\n  stagecoach:name: shop\n"
    assert disagreements([text]) == ([], 1)
    assert ours(text)["stagecoach:stage"] == 2


def verdict(parse, *arguments):
    """The config, or the place of every problem."""
    try:
        return parse(*arguments)
    except ConfigError as error:
        return sorted({problem.path for problem in error.problems})


def different_verdicts(seeds, path):
    """Of `plan` and of `up`, by the text; how many files are good."""
    texts = [drawn_file(seed) for seed in seeds]
    good, wrong = 0, []
    for text, handed_over in zip(texts, engine(texts), strict=True):
        path.write_text(text)
        plan = verdict(parse_stack_file, path)
        if handed_over is None:
            up = plan if isinstance(plan, list) else "the engine refuses it"
        else:
            up = verdict(parse_engine_config, handed_over, path)
        good += not isinstance(plan, list)
        if plan != up:
            wrong.append((text, plan, up))
    return wrong, good


def test_plan_and_up_say_the_same_of_three_hundred_files(tmp_path):
    wrong, good = different_verdicts(range(300), tmp_path / "Pulumi.x.yaml")
    assert wrong == []
    assert good > 30


def test_plan_and_up_say_the_same_of_ten_thousand_files(tmp_path):
    wrong, good = different_verdicts(range(1000, 11_000), tmp_path / "Pulumi.x.yaml")
    assert wrong == []
    assert good > 1000
