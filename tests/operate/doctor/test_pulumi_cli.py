"""The CLI as a program: a script in its place."""

import pytest

from infra.operate.doctor import pulumi_cli
from infra.operate.doctor.pulumi_cli import PulumiCli


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Writes a `pulumi`, the only one on PATH."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    def write(text, name="pulumi"):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    return write


def test_none(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    cli = PulumiCli()
    assert cli.run("version") == (127, "", "there is no pulumi on PATH")
    assert cli.language_host() is None


def test_answers(program):
    """It never asks and never colours."""
    program('echo "[\\"$*\\"]"')
    assert PulumiCli().json("stack", "ls") == (["stack ls --non-interactive --color never"], "")


def test_complaints(program):
    program("echo warning: old >&2\necho 'error: no stack selected' >&2\nexit 255")
    assert PulumiCli().run("stack") == (255, "", "no stack selected")
    assert PulumiCli().json("stack") == (None, "no stack selected")


def test_no_json(program):
    program("echo surprise")
    assert PulumiCli().json("stack") == (None, "its answer is no JSON")


def test_no_answer(program, monkeypatch):
    monkeypatch.setattr(pulumi_cli, "_SECONDS", 0.2)
    program("exec sleep 30")
    assert PulumiCli().run("whoami") == (124, "", "no answer within 0.2 s")


def test_language_host(program, tmp_path):
    """Beside the real path of a link, or on PATH."""
    program("true")
    assert PulumiCli().language_host() is None
    program("true", "pulumi-language-python")
    assert PulumiCli().language_host() == tmp_path / "pulumi-language-python"
