"""The three results."""

from infra.operate.doctor.check import missing, ok, warning


def test_each():
    made = [ok("a", "b"), warning("a", "b", "c"), missing("a", "b", "c")]
    assert [(str(one.status), one.mend) for one in made] == [("ok", ""), ("warning", "c"), ("missing", "c")]
