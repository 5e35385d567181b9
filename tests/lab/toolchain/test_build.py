"""Builds are keyed by their inputs, happen once, and fail in words."""

import os
import subprocess
from pathlib import Path

import pytest

from infra.errors import StagecoachError
from lab.toolchain import build
from lab.toolchain.programs import Program

MODULE = "module example.test/hello\n\ngo 1.26\n"
MAIN = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello") }\n'
HELLO = Program(name="hello", module="hello", package=".")


@pytest.fixture
def tools(tmp_path, monkeypatch):
    """A tools folder with one tiny module, and a cache of its own."""
    module = tmp_path / "tools" / "hello"
    module.mkdir(parents=True)
    (module / "go.mod").write_text(MODULE)
    (module / "main.go").write_text(MAIN)
    monkeypatch.setattr(build, "TOOLS", tmp_path / "tools")
    # The machine's Go build cache stays: the standard library is not compiled again for each test.
    monkeypatch.setenv("STAGECOACH_CACHE", str(tmp_path / "cache"))
    shared = build._environment()["GOCACHE"]
    go_cache = Path.home() / ".cache" / "stagecoach" / "go" / "build"
    if go_cache.exists():
        Path(shared).parent.mkdir(parents=True)
        Path(shared).symlink_to(go_cache)
    return module


class TestEnsure:
    def test_builds_once(self, tools):
        """The second call finds the first one's program."""
        first = build.ensure(HELLO)
        made = first.resolve().stat().st_mtime_ns
        assert subprocess.run([first], capture_output=True, text=True, check=True).stdout == "hello\n"
        assert build.ensure(HELLO).resolve().stat().st_mtime_ns == made

    def test_changed_source_is_another_program(self, tools):
        """A changed input never meets an old build."""
        first = build.ensure(HELLO).resolve()
        (tools / "main.go").write_text(MAIN.replace("hello", "goodbye"))
        second = build.ensure(HELLO)
        assert second.resolve() != first
        assert subprocess.run([second], capture_output=True, text=True, check=True).stdout == "goodbye\n"

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
        assert subprocess.run([built], capture_output=True, text=True, check=True).stdout == "hello\n"
        assert not left.exists()

    def test_full_disk_says_what_to_do(self):
        """The hint names the space that is needed."""
        problem = build._problem(HELLO, ["write /x: no space left on device"])
        assert "Free some space" in problem.hint
