"""Builds are keyed by their inputs, happen once, and fail in words."""

import os
import subprocess
from pathlib import Path

import pytest

from infra.errors import StagecoachError
from lab.toolchain import build
from lab.toolchain.prepare import Trimmed
from lab.toolchain.programs import Program

MODULE = "module example.test/hello\n\ngo 1.26\n"
MAIN = 'package main\n\nfunc main() { print("hello") }\n'  # no package: few of the standard library are compiled
HELLO = Program(name="hello", module="hello", package=".")


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """The standard library is compiled once for all tests."""
    return tmp_path_factory.mktemp("compiled")


@pytest.fixture
def tools(tmp_path, monkeypatch, compiled):
    """A tools folder with one tiny module, and a cache of its own."""
    module = tmp_path / "tools" / "hello"
    module.mkdir(parents=True)
    (module / "go.mod").write_text(MODULE)
    (module / "main.go").write_text(MAIN)
    monkeypatch.setattr(build, "TOOLS", tmp_path / "tools")
    monkeypatch.setenv("STAGECOACH_CACHE", str(tmp_path / "cache"))
    shared = Path(build._environment()["GOCACHE"])
    shared.parent.mkdir(parents=True)
    shared.symlink_to(compiled)
    return module


def said(program):
    return subprocess.run([program], capture_output=True, text=True, check=True).stderr


class TestEnsure:
    def test_builds_once(self, tools):
        """The second call finds the first one's program."""
        first = build.ensure(HELLO)
        made = first.resolve().stat().st_mtime_ns
        assert said(first) == "hello"
        assert build.ensure(HELLO).resolve().stat().st_mtime_ns == made

    def test_changed_source_is_another_program(self, tools):
        """A changed input never meets an old build."""
        first = build.ensure(HELLO).resolve()
        (tools / "main.go").write_text(MAIN.replace("hello", "goodbye"))
        second = build.ensure(HELLO)
        assert second.resolve() != first
        assert said(second) == "goodbye"

    def test_other_packages_and_tests_build_nothing_anew(self, tools):
        """One module holds several programs."""
        before = build._key(HELLO)
        (tools / "main_test.go").write_text("package main\n")
        assert build._key(HELLO) == before
        other = Program(name="other", module="hello", package="./other")
        without = build._key(other)
        (tools / "main.go").write_text(MAIN.replace("hello", "goodbye"))
        assert build._key(other) == without
        assert build._key(HELLO) != before

    def test_changed_flags_are_another_program(self, tools, monkeypatch):
        before = build._key(HELLO)
        flags = build._flags(HELLO)
        monkeypatch.setattr(build, "_flags", lambda _program: [*flags, "-race"])
        assert build._key(HELLO) != before

    def test_what_stands_in_for_a_module_is_an_input(self, tools):
        (tools / "other").mkdir()
        (tools / "other" / "go.mod").write_text("module example.test/other\n")
        before = build._key(HELLO)
        (tools / "other" / "other.go").write_text("package other\n")
        assert build._key(HELLO) != before

    def test_files_of_the_module_are_kept_beside_the_program(self, tools, tmp_path):
        """Go's module cache goes after a build."""
        (tools / "docs").mkdir()
        (tools / "docs" / "kinds.yml").write_text("kind: A\n")
        program = Program(name="hello", module="hello", package=".", files=(("docs/kinds.yml", "kinds.yaml"),))
        assert (build.ensure(program).resolve().parent / "kinds.yaml").read_text() == "kind: A\n"

    def test_a_file_that_the_module_lacks_is_an_error(self, tools, tmp_path):
        program = Program(name="hello", module="hello", package=".", files=(("docs/kinds.yml", "kinds.yaml"),))
        with pytest.raises(StagecoachError, match=r"the module has no docs/kinds\.yml"):
            build.ensure(program)
        assert [path.suffix for path in (tmp_path / "cache" / "programs").iterdir()] == [".partial"]

    def test_a_stub_is_an_input(self, tools):
        trimmed = Trimmed(module="a", version="v1", sum="", folder="a", left_out=(), stubs=(("stub.go", "b.go"),))
        (tools / "stub.go").write_text("package stub\n")
        program = Program(name="hello", module="hello", package="example.test/other", trimmed=trimmed)
        before = build._key(program)
        (tools / "stub.go").write_text("package stub // changed\n")
        assert build._key(program) != before

    def test_a_packages_tests_are_a_program(self, tools, monkeypatch):
        """Their sources are its inputs."""
        commands = []
        monkeypatch.setattr(build, "_run", lambda _program, command, *_: commands.append(command))
        program = Program(name="hello-tests", module="hello", package=".", tests=True)
        build.ensure(program)
        assert commands[0][1:3] == ["test", "-c"]
        before = build._key(program)
        (tools / "main_test.go").write_text("package main\n")
        assert build._key(program) != before

    def test_failure_shows_the_compilers_lines(self, tools, tmp_path):
        """No half-made program stays behind."""
        (tools / "main.go").write_text("package main\n\nfunc main() { missing() }\n")
        with pytest.raises(StagecoachError, match="undefined: missing"):
            build.ensure(HELLO)
        assert list((tmp_path / "cache" / "programs").iterdir()) == []
        assert not os.path.lexists(tmp_path / "cache" / "bin" / "hello")

    def test_interrupted_build_starts_again(self, tools, tmp_path):
        """What a killed build left behind is removed, not used."""
        left = tmp_path / "cache" / "programs" / f"hello-{build._key(HELLO)}.partial"
        left.mkdir(parents=True)
        (left / "hello").write_text("half")
        built = build.ensure(HELLO)
        assert said(built) == "hello"
        assert not left.exists()

    def test_full_disk_says_what_to_do(self):
        """The hint names the space that is needed."""
        problem = build._problem(HELLO, ["write /x: no space left on device"])
        assert "Free some space" in problem.hint
