"""The token: present, tried, never shown."""

import pytest

from infra.clouds import CLOUDS
from infra.operate.doctor import provider
from infra.operate.doctor.http import Answer
from infra.operate.doctor.provider import api_url, token_check

SECRET = "hidden-token-4711"


@pytest.fixture
def answers(monkeypatch):
    """Lets the provider say something; keeps what it was asked."""
    asked = []

    def say(status, text=""):
        def get(url, token):
            asked.append((url, token))
            return Answer(status=status, text=text, headers={"Date": "now"})

        monkeypatch.setattr(provider, "get", get)
        return asked

    return say


@pytest.mark.parametrize("cloud", CLOUDS)
def test_missing(cloud):
    check, answer = token_check(cloud, {}, {}, online=True)
    assert (check.status, answer) == ("missing", None)
    assert CLOUDS[cloud].api.token.variable in check.mend


@pytest.mark.parametrize("cloud", CLOUDS)
def test_in_the_stack_file(cloud):
    """Encrypted: only pulumi can read it."""
    check, answer = token_check(cloud, {CLOUDS[cloud].api.token.key: {"secure": "v1:x"}}, {}, online=True)
    assert (check.status, answer) == ("ok", None)


def test_offline_asks_nobody(answers):
    asked = answers(200)
    check, answer = token_check("hetzner", {}, {"HCLOUD_TOKEN": SECRET}, online=False)
    assert (check.status, answer, asked) == ("ok", None, [])


@pytest.mark.parametrize("token", [SECRET + "\n", " " + SECRET, "a\tb"])
def test_copied_badly(token):
    """A provider answers such a token with an error that says nothing."""
    check, _ = token_check("hetzner", {}, {"HCLOUD_TOKEN": token}, online=True)
    assert check.status == "missing"
    assert token.strip() not in check.found + check.mend


@pytest.mark.parametrize(
    ("status", "text", "result"),
    [
        (200, "", "ok"),
        (401, "unauthorized", "missing"),
        (403, "", "missing"),
        (500, "", "warning"),
        (0, "x", "warning"),
    ],
)
def test_online(answers, status, text, result):
    asked = answers(status, text)
    check, answer = token_check("vultr", {}, {"VULTR_API_KEY": SECRET}, online=True)
    assert (check.status, answer.headers) == (result, {"Date": "now"})
    assert asked == [("https://api.vultr.com/v2/instances?per_page=1", SECRET)]
    assert SECRET not in check.found + check.mend


def test_an_address_of_ones_own():
    """The variables that the providers' plugins know."""
    assert (
        api_url("hetzner", {"HCLOUD_ENDPOINT": "http://localhost:1/v1/"}) == "http://localhost:1/v1/servers?per_page=1"
    )
    assert api_url("digitalocean", {}) == "https://api.digitalocean.com/v2/droplets?per_page=1"
