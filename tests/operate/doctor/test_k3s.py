"""The k3s that runs."""

from datetime import date

import pytest

from infra.operate.doctor.k3s import k3s_checks
from tests.support.test_running import config

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("named", "outputs", "status"),
    [
        (None, {"k3s_version": "v1.36.5+k3s1"}, ["ok"]),
        (None, {"k3s_version": "v1.33.6+k3s1"}, ["warning"]),
        (None, {}, []),  # an earlier program gave no such output
        ("v1.33.6+k3s1", {"k3s_version": "v1.33.6+k3s1"}, []),  # the check of the stack file says it
        ("v1.34.12+k3s1", {"k3s_version": "v1.33.6+k3s1"}, []),  # the next update mends it
        ("v1.36.5+k3s1", {"k3s_version": "v1.33.6+k3s1"}, ["missing"]),  # the next update would be refused
        ("v1.36.5+k3s1", {"k3s_version": "v1.36.5+k3s1"}, ["ok"]),
    ],
)
def test_by_stack_file_and_output(named, outputs, status):
    stack = config(k3s={"version": named}) if named else config()
    assert [one.status for one in k3s_checks(stack, outputs, TODAY)] == status


def test_says_what_to_do():
    [check] = k3s_checks(config(), {"k3s_version": "v1.33.6+k3s1"}, TODAY)
    assert check.found == "v1.33.6+k3s1: Kubernetes 1.33 has had no fixes since 2026-06-28"
    assert check.mend.startswith("Set stagecoach:k3s.version to v1.34.")
