"""When the client certificate ends."""

from datetime import date

import pytest

from infra.operate.doctor import kubeconfig
from infra.operate.doctor.kubeconfig import kubeconfig_check

END = 1_800_000_000  # 2027-01-15


@pytest.mark.parametrize(
    ("today", "status"),
    [
        (date(2026, 6, 1), "ok"),
        (date(2026, 11, 17), "warning"),
        (date(2027, 1, 15), "warning"),
        (date(2027, 1, 16), "missing"),
    ],
)
def test_days_left(monkeypatch, today, status):
    monkeypatch.setattr(kubeconfig, "client_certificate_end", lambda _: END)
    check = kubeconfig_check("text", today)
    assert check.status == status
    assert "2027-01-15" in check.found


def test_a_token_does_not_end():
    assert kubeconfig_check("users: [{user: {token: x}}]", date(2027, 1, 1)).status == "ok"
