"""The content of a part: what changes its key, and that no part depends on less than its tests import."""

import ast
import subprocess
from pathlib import Path

import pytest

from tests.proof.content import REPOSITORY, commit, content_key, files_of
from tests.proof.parts import ALWAYS, PROOFS, Proof

PART = Proof(name="one", proves="one", tests=("tests/test_one.py::test_it",), depends=("infra", "Pulumi.stage*.yaml"))


@pytest.fixture
def repository(tmp_path):
    """With each file that the part depends on, and some others."""
    for name in (*ALWAYS, "tests/test_one.py", "infra/a.py", "infra/b/c.py", "Pulumi.stage1.yaml", "docs/page.md"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / ".gitignore").write_text("__pycache__/\n")
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    identity = ["-c", "user.name=anna", "-c", "user.email=anna@example.org"]
    subprocess.run(["git", *identity, "commit", "-q", "-m", "base"], cwd=tmp_path, check=True)
    return tmp_path


class TestKey:
    @pytest.mark.parametrize("name", ["infra/a.py", "infra/b/c.py", "Pulumi.stage1.yaml", "tests/test_one.py", *ALWAYS])
    def test_changes_with_what_it_depends_on(self, repository, name):
        before = content_key(PART, repository)
        (repository / name).write_text("changed")
        assert content_key(PART, repository) != before

    def test_changes_with_a_new_file(self, repository):
        """Also one that git does not know yet."""
        before = content_key(PART, repository)
        (repository / "infra/new.py").write_text("")
        assert content_key(PART, repository) != before

    @pytest.mark.parametrize("name", ["docs/page.md", "infra/__pycache__/a.pyc", "tests/test_two.py"])
    def test_stays_with_the_rest(self, repository, name):
        before = content_key(PART, repository)
        (repository / name).parent.mkdir(exist_ok=True)
        (repository / name).write_text("changed")
        assert content_key(PART, repository) == before

    def test_comes_back_with_the_content(self, repository):
        before = content_key(PART, repository)
        (repository / "infra/a.py").write_text("changed")
        (repository / "infra/a.py").write_text("infra/a.py")
        assert content_key(PART, repository) == before

    def test_a_pattern_without_a_file_is_refused(self, repository):
        """It would look like a dependency and guard nothing."""
        (repository / "Pulumi.stage1.yaml").unlink()
        with pytest.raises(ValueError, match=r"one depends on Pulumi\.stage\*\.yaml, which is no file"):
            content_key(PART, repository)


def test_the_commit_says_whether_files_differ(repository):
    clean = commit(repository)
    (repository / "infra/a.py").write_text("changed")
    assert commit(repository) == f"{clean}+"
    assert not clean.endswith("+")


def module_file(module):
    """The file of a module of ours, or None."""
    path = Path(*module.split("."))
    for found in (path.with_suffix(".py"), path / "__init__.py"):
        if (REPOSITORY / found).exists():
            return str(found)
    return None


def imported(name):
    """Files that a file imports, lazily or not, and the packages around them."""
    for node in ast.walk(ast.parse((REPOSITORY / name).read_text())):
        modules = []
        if isinstance(node, ast.ImportFrom) and node.module:
            modules = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        yield from filter(None, map(module_file, modules))


def closure(names):
    found, open_ = set(), list(names)
    while open_:
        name = open_.pop()
        if name not in found:
            found.add(name)
            open_ += imported(name)
    return found


@pytest.mark.parametrize("proof", PROOFS, ids=lambda one: one.name)
def test_depends_on_all_that_its_tests_import(proof):
    files = files_of(proof)
    tests = [one for one in files if any(proof.holds(f"{one}::x") or one == t.partition("::")[0] for t in proof.tests)]
    needed = {one for one in closure(tests) if one.endswith(".py")}
    assert tests
    assert sorted(needed - set(files)) == []
