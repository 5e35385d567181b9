"""Whatever a preview says: what the guard does not know, or what loses something, never passes."""

import pytest

from infra.errors import ConfigError
from infra.updates.guard.read import read_preview
from infra.updates.guard.refusals import refusals
from infra.updates.guard.rules import rule
from tests.updates.guard.composed import drawn


def outcome(text, path):
    """The messages, or None where the update may run; a traceback is a failure of the test."""
    path.write_text(text, errors="surrogatepass")
    try:
        found = rule(read_preview(str(path)))
    except ConfigError as error:
        return [str(error)]
    problems = list(map(str, refusals(found)))
    assert found.safe is not bool(problems)
    return problems or None


def wrong(seeds, path):
    """Previews that pass and must not, or the other way round, with the reason; how many pass."""
    found, good = [], 0
    for seed in seeds:
        text, why = drawn(seed)
        said = outcome(text, path)
        good += said is None
        if bool(said) is not bool(why):
            found.append((seed, why, said, text[:2000]))
        for line in said or ():
            assert "\x1b" not in line, (seed, line)
            assert len(line) < 30_000, (seed, line[:200])
            line.encode()
    return found, good


def test_three_hundred_previews(tmp_path):
    found, good = wrong(range(300), tmp_path / "preview.json")
    assert found == []
    assert 60 < good < 240


@pytest.mark.proof
def test_ten_thousand_previews(tmp_path):
    found, good = wrong(range(1000, 11_000), tmp_path / "preview.json")
    assert found == []
    assert 2000 < good < 8000
