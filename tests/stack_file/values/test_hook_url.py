"""URLs that Alertmanager calls, in plain text and as secrets."""

import pytest

from infra.stack_file.strict import HiddenValueError
from infra.stack_file.values.hook_url import hook_url, secret_hook_url


@pytest.mark.parametrize("read", [hook_url, secret_hook_url])
@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("https://Hooks.example/T0/B0?x=%zz#y", "https://hooks.example/T0/B0?x=%zz#y"),
        ("http://mail-sink:8025", "http://mail-sink:8025"),
        ("http://[2001:db8::1]:8080/a%20b", "http://[2001:db8::1]:8080/a%20b"),
    ],
)
def test_urls(read, text, made):
    assert read(text) == made


@pytest.mark.parametrize("read", [hook_url, secret_hook_url])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("https://", "has"),
        ("https:// hooks.example", "blank"),
        ("https://hooks.example/hunter2 x", "blank"),
        ("ftp://hooks.example/hunter2", "https://"),
        ("https://hooks.example:hunter2/", "port"),
        ("https://hooks.example/hunter2%", "begins no escape"),
        ("https://hooks.example/#%hunter2", "begins no escape"),
        ("https://hooks.example/hunter2{{.Title}}", "template"),
        ("http://[fe80::1%25eth0]/hunter2", "zone"),
        ("https://-a.example/hunter2", "host|hyphen"),
    ],
)
def test_what_alertmanager_could_not_call(read, text, words):
    """The message has nothing of the path, which is as good as a password."""
    with pytest.raises(HiddenValueError, match=words) as caught:
        read(text)
    assert "hunter2" not in str(caught.value)


class TestLogin:
    def test_in_a_secret(self):
        assert secret_hook_url("https://user:hunter2@hooks.example/") == "https://user:hunter2@hooks.example/"

    def test_in_plain_text(self):
        """It would lie readable in git."""
        with pytest.raises(HiddenValueError, match="alerts_webhooks") as caught:
            hook_url("https://user:hunter2@hooks.example/")
        assert "hunter2" not in str(caught.value)

    @pytest.mark.parametrize("login", ['us"er', "user:pass%zz", "us|er"])
    def test_that_go_refuses(self, login):
        with pytest.raises(HiddenValueError, match=r"must be escaped|begins no escape"):
            secret_hook_url(f"https://{login}@hooks.example/")
