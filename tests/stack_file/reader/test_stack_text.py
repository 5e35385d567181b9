"""A stack file's text: values by full keys, and what is wrong with the writing."""

import pytest

from infra.errors import ConfigError
from infra.stack_file.reader.stack_text import read_stack_text


def read(text):
    return read_stack_text(text, "Pulumi.x.yaml")


def test_values_by_full_keys():
    found = read("encryptionsalt: v1:x\nconfig:\n  stage: 2\n  stagecoach:name: '1'\n  hcloud:token: {secure: v1:y}\n")
    assert found.values == {"stagecoach:stage": 2, "stagecoach:name": "1", "hcloud:token": {"secure": "v1:y"}}
    assert found.top["encryptionsalt"] == "v1:x"
    assert (found.problems, found.odd) == ((), ())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("config: [", "Pulumi.x.yaml is not YAML"),
        ("", "Pulumi.x.yaml is not a stack file"),
        ("config:\n", "Pulumi.x.yaml is not a stack file"),
        ("config: [1]\n", "Pulumi.x.yaml is not a stack file"),
    ],
)
def test_of_no_use(text, says):
    with pytest.raises(ConfigError, match=says):
        read(text)


@pytest.mark.parametrize(
    ("lines", "problem", "place"),
    [
        (
            "stagecoach:volume_size_gib: 0100",
            "stagecoach:volume_size_gib = 0100: begins with a 0, which some programs read as octal (line 2). ",
            ("volume_size_gib",),
        ),
        (
            "stagecoach:env: {SINCE: 2026-01-01}",
            "stagecoach:env.SINCE = 2026-01-01: is read as a moment in time (line 2). With quotes it is a text",
            ("env", "SINCE"),
        ),
        (
            "stagecoach:stage: 1\n  stagecoach:stage: 2",
            "stagecoach:stage: is set twice, also in line 2 (line 3). Remove one",
            ("stage",),
        ),
    ],
)
def test_problems_of_the_writing(lines, problem, place):
    found = read(f"config:\n  {lines}\n")
    (said,) = found.problems
    assert str(said).startswith(problem)
    assert found.odd == (place,)


def test_a_key_with_and_without_its_namespace():
    (problem,) = read("config:\n  stage: 1\n  stagecoach:stage: 2\n").problems
    assert str(problem).startswith("stage: is set as stagecoach:stage as well. Remove one")


def test_a_key_outside_of_config():
    (problem,) = read("stagecoach:stage: 1\nconfig: {stage: 1}\n").problems
    assert problem.hint == "Put it under `config:`"


def test_a_long_value_is_cut():
    (problem,) = read(f"config:\n  stage: 0x{'f' * 500}\n").problems
    assert len(problem.value) < 70


def test_two_mappings_of_the_same_name_are_one_problem():
    """Which is meant nobody knows: none of the values in them is missing or wrong."""
    with pytest.raises(ConfigError, match="cannot be used") as caught:
        read("config:\n  stagecoach:name: shop\nconfig:\n  stagecoach:stage: 9\n")
    (problem,) = caught.value.problems
    assert str(problem) == "config: is set twice, also in line 1 (line 3). Remove one"


@pytest.mark.parametrize(
    "line",
    [
        "stagecoach:registry_password: 0451177",
        "registry_password: 0451177",
        "stagecoach:env_secrets: {PASSWORD: 0451177}",
        "stagecoach:alerts_smtp_password: !0451177",
        "hcloud:token: 0451177",
    ],
)
def test_what_may_be_a_secret_is_not_repeated(line):
    """Where it lies readable in the file, a message must not carry it into a log as well."""
    (said,) = read(f"config:\n  {line}\n").problems
    assert "is read in another way than it is written (line 2). Write it in quotes" in str(said)
    assert "451177" not in str(said)


def test_an_alias_may_be_a_password():
    with pytest.raises(ConfigError, match=r"line 2: an alias stands for nothing.* in quotes") as caught:
        read("config:\n  stagecoach:registry_password: *hunter2\n")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("key", ["secretsprovider", "encryptedkey", "encryptionsalt"])
@pytest.mark.parametrize("value", ["[x]", "{a: 1}"])
def test_what_the_engine_keeps_is_one_text(key, value):
    """It refuses the file, in Go's words."""
    (said,) = read(f"{key}: {value}\nconfig: {{}}\n").problems
    assert str(said).startswith(f"{key}: one text, no list and no mapping")


@pytest.mark.parametrize("text", ["config: {null: 2}\n", "config: !x {}\n", "config: {~: {a: 0100}}\n"])
def test_oddities_of_the_config_itself(text):
    """They have no key that could be a secret's."""
    assert read(text).problems
