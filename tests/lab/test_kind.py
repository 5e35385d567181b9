"""Real servers or simulated nodes."""

import pytest

from infra.errors import StagecoachError
from lab import kind


@pytest.fixture(autouse=True)
def nothing_asked(monkeypatch):
    monkeypatch.delenv(kind.VARIABLE, raising=False)


def possible(monkeypatch, reason=None):
    monkeypatch.setattr(kind, "why_not", lambda: reason)


class TestChoose:
    def test_the_best_that_the_machine_can_do(self, tmp_path, monkeypatch):
        possible(monkeypatch)
        assert kind.choose(tmp_path) == "real"
        assert kind.kind_of(tmp_path) == "real"

    def test_says_in_one_line_why_not(self, tmp_path, monkeypatch, capsys):
        possible(monkeypatch, "only root may make namespaces")
        assert kind.choose(tmp_path) == "simulated"
        assert capsys.readouterr().out == ("nodes are simulated, no pod really runs: only root may make namespaces\n")

    def test_simulated_may_be_asked_for(self, tmp_path, monkeypatch, capsys):
        possible(monkeypatch)
        monkeypatch.setenv(kind.VARIABLE, "simulated")
        assert kind.choose(tmp_path) == "simulated"
        assert capsys.readouterr().out == ""

    def test_real_can_be_refused(self, tmp_path, monkeypatch):
        """Nothing is left of the attempt."""
        possible(monkeypatch, "no loop devices")
        monkeypatch.setenv(kind.VARIABLE, "real")
        with pytest.raises(StagecoachError, match="LAB = real: simulated on this machine: no loop devices"):
            kind.choose(tmp_path / "lab")
        assert not (tmp_path / "lab").exists()

    def test_a_word_that_means_nothing(self, tmp_path, monkeypatch):
        monkeypatch.setenv(kind.VARIABLE, "fake")
        with pytest.raises(StagecoachError, match="LAB = fake: real or simulated"):
            kind.choose(tmp_path)


class TestBuilt:
    def test_stays_what_it_is(self, tmp_path, monkeypatch):
        """Also where the machine could do better now."""
        (tmp_path / "kind").write_text("simulated\n")
        possible(monkeypatch)
        assert kind.choose(tmp_path) == "simulated"

    def test_another_kind_needs_a_reset(self, tmp_path, monkeypatch):
        (tmp_path / "kind").write_text("simulated\n")
        monkeypatch.setenv(kind.VARIABLE, "real")
        with pytest.raises(StagecoachError, match="simulated, as this lab was built"):
            kind.choose(tmp_path)

    def test_nothing_was_built(self, tmp_path):
        assert kind.kind_of(tmp_path) == "simulated"
