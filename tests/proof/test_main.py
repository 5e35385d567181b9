"""`make proof`: what passed is not run twice, what was interrupted goes on, a red part stands in the first line."""

import threading

import pytest
import typer

from tests.proof import __main__ as command
from tests.proof.memory import Memory
from tests.proof.parts import PROOFS, Proof, proof_of
from tests.proof.schedule import run_all
from tests.suite.running import Outcome
from tests.waiting import patience

ONE, TWO, THREE = (
    Proof(name=name, proves=f"{name} works", tests=(f"tests/{name}.py",), cpus=1) for name in ("one", "two", "three")
)
PASSED = {"passed": 3, "seconds": 2.0}
RED = {"code": 1, "passed": 2, "failed": 1, "red": ("tests.one::test_it: it broke",)}


@pytest.fixture
def content(monkeypatch):
    """The key of each part by its name; tests change it as a changed file would."""
    keys = {"one": "a", "two": "a", "three": "a"}
    monkeypatch.setattr(command, "content_key", lambda proof: keys[proof.name])
    monkeypatch.setattr(command, "commit", lambda: "1234567")
    monkeypatch.delenv("CI", raising=False)
    return keys


@pytest.fixture
def prove(content, tmp_path, monkeypatch):
    """Runs parts whose outcomes are given; the exit code and the parts that ran."""

    def prove(outcomes, *, jobs=1):
        ran = []

        def show(proof):
            ran.append(proof.name)
            made = outcomes[proof.name]
            if isinstance(made, BaseException):
                raise made
            return Outcome(name=proof.name, **made)

        monkeypatch.setattr(command, "_show", show)
        proofs = [one for one in (ONE, TWO, THREE) if one.name in outcomes]
        return command.Run(proofs, Memory(tmp_path)).go(jobs), ran

    return prove


def lines(capsys):
    """The table at the end."""
    out = capsys.readouterr().out.splitlines()
    heads = [number for number, line in enumerate(out) if line.startswith("part ")]
    return out[heads[-1] + 1 :]


class TestMemory:
    def test_an_unchanged_part_is_not_run_twice(self, prove, capsys):
        assert prove({"one": PASSED, "two": PASSED}) == (0, ["one", "two"])
        assert prove({"one": PASSED, "two": PASSED}) == (0, [])
        rows = [line.split() for line in lines(capsys)]
        assert [row[:6] for row in rows] == [[name, "yes,", "earlier", "3", "of", "3"] for name in ("one", "two")]
        assert {row[-1] for row in rows} == {"1234567"}

    def test_a_changed_part_is(self, prove, content):
        prove({"one": PASSED, "two": PASSED})
        content["two"] = "b"
        assert prove({"one": PASSED, "two": PASSED}) == (0, ["two"])

    def test_a_change_that_is_taken_back_is_proved_again(self, prove, content):
        """Only the last run is kept: it is the one that says how long a part takes."""
        prove({"one": PASSED})
        content["one"] = "b"
        prove({"one": PASSED})
        content["one"] = "a"
        assert prove({"one": PASSED}) == (0, ["one"])

    def test_a_red_part_is_run_again(self, prove):
        assert prove({"one": RED}) == (1, ["one"])
        assert prove({"one": PASSED}) == (0, ["one"])

    def test_an_interrupted_run_goes_on(self, prove):
        with pytest.raises(KeyboardInterrupt):
            prove({"one": PASSED, "two": KeyboardInterrupt(), "three": PASSED})
        assert prove({"one": PASSED, "two": PASSED, "three": PASSED}) == (0, ["two", "three"])

    def test_a_part_without_a_test_proves_nothing(self, prove):
        """As after a rename that its list missed: pytest ends with 0 where everything is deselected by mistake."""
        assert prove({"one": {"passed": 0}})[0] == 1

    def test_a_skipped_test_is_not_proved(self, prove):
        assert prove({"one": {"passed": 2, "skipped": 1}})[0] == 1

    def test_files_that_change_meanwhile_are_not_proved(self, prove, content, monkeypatch, capsys):
        keys = iter(["a", "b", "b"])
        monkeypatch.setattr(command, "content_key", lambda _: next(keys))
        assert prove({"one": PASSED})[0] == 1
        assert "one: its files changed while it ran" in capsys.readouterr().out

    def test_a_broken_file_counts_as_none(self, prove, tmp_path):
        prove({"one": PASSED})
        (tmp_path / "one.json").write_text('{"key": "a"')
        assert prove({"one": PASSED}) == (0, ["one"])


class TestTable:
    def test_a_red_part_is_in_the_first_line(self, prove, capsys):
        prove({"two": PASSED})
        assert prove({"one": PASSED, "two": PASSED, "three": RED})[0] == 1
        assert [line.split()[:2] for line in lines(capsys)] == [["three", "NO"], ["one", "yes"], ["two", "yes,"]]

    def test_what_failed_is_named(self, prove, capsys):
        prove({"one": RED})
        assert "failed: tests.one::test_it: it broke" in capsys.readouterr().out

    def test_what_this_machine_cannot_run(self, prove, capsys, monkeypatch):
        """Is no failure, but under CI."""
        assert prove({"one": PASSED, "two": {"left_out": "needs root"}})[0] == 0
        said = lines(capsys)
        assert said[0].split() == ["two", "left", "out"]
        assert said[-1] == "left out: two: needs root"
        monkeypatch.setenv("CI", "true")
        assert prove({"one": PASSED, "two": {"left_out": "needs root"}})[0] == 1


class TestChoice:
    def test_by_name(self):
        assert [one.name for one in command.chosen("pages, moves")] == ["pages", "moves"]
        assert command.chosen("") == list(PROOFS)

    def test_an_unknown_name_lists_the_parts(self):
        with pytest.raises(typer.BadParameter, match=r"no such part: page\. The parts are moves, "):
            command.chosen("page")

    def test_a_test_belongs_to_one_part(self):
        assert proof_of("tests/lab/nodes/real/vps/guest/test_services.py::TestRestart::test_x").name == "servers"
        assert proof_of("tests/real/test_shop.py::TestLoad::test_the_guides_load").name == "shop"
        assert proof_of("tests/real/test_shop.py::TestOrder::test_is_stored_cached_and_mailed") is None
        assert proof_of("tests/engine/test_main_way.py::TestStage1::test_all_pods_run") is None

    def test_names_are_unique(self):
        names = [one.name for one in PROOFS]
        assert len(set(names)) == len(names)


class TestSchedule:
    def test_no_more_than_the_processors_hold(self):
        """Two of one processor each beside one another, on two; the third when there is room."""
        seen, now, lock = [], set(), threading.Lock()
        both = threading.Barrier(2, timeout=patience(60))

        def run(proof):
            with lock:
                now.add(proof.name)
                seen.append(set(now))
            if proof.name != "three":
                both.wait()
            with lock:
                now.discard(proof.name)
            return Outcome(name=proof.name)

        assert {one.name for one, _ in run_all([ONE, TWO, THREE], run, cpus=2)} == {"one", "two", "three"}
        assert max(map(len, seen)) == 2

    def test_one_that_wants_more_than_there_is_runs_alone(self):
        large = Proof(name="large", proves="", tests=(), cpus=8)
        assert [one.name for one, _ in run_all([large, ONE], lambda one: Outcome(name=one.name), cpus=1)] == [
            "large",
            "one",
        ]
