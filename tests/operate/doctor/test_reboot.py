"""Whether a server waits for a reboot."""

from datetime import UTC, datetime

import pytest

from infra.operate.doctor.reboot import reboot_check

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
SINCE = datetime(2026, 11, 27, 6, 30, tzinfo=UTC).timestamp()


class Prometheus:
    """Answers with values by server, or not at all."""

    def __init__(self, answer):
        self.answer = answer

    def query(self, expression):
        assert expression == "stagecoach_reboot_needed_since_seconds"
        if isinstance(self.answer, OSError):
            raise self.answer
        if isinstance(self.answer, list):
            return self.answer
        return [{"metric": {"instance": name}, "value": [0, str(at)]} for name, at in self.answer.items()]


def check(answer):
    (made,) = reboot_check("", NOW, Prometheus(answer))
    return made.status, made.found


def test_needed_and_since_when():
    """Of those servers that need one."""
    assert check({"shop": SINCE, "shop-celery-1": 0}) == ("warning", "needed: shop since 2026-11-27 06:30 UTC (3 days)")


def test_none_is_needed():
    assert check({"shop": 0, "shop-celery-1": 0}) == ("ok", "none is needed (shop, shop-celery-1)")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({}, "not known: no server says it yet"),
        (OSError("503 no endpoints available"), "not known: 503 no endpoints available"),
        ([{"metric": {}}], "not known: Prometheus gave another answer"),
    ],
)
def test_nobody_says(answer, said):
    """An update would not fail for that."""
    assert check(answer) == ("warning", said)


def test_a_kubeconfig_that_can_not_be_read():
    """Its own check says so."""
    assert list(reboot_check("users: [{user: {token: x}}]", NOW)) == []
