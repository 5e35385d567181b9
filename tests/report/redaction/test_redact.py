"""No secret reaches a comment, whatever printed it."""

import json
import subprocess
import sys
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from infra.report.redaction.redact import redact
from tests.waiting import patience

KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\ndef\n-----END OPENSSH PRIVATE KEY-----"


class TestRedact:
    def test_values_of_secret_variables(self):
        environment = {
            "HCLOUD_TOKEN": "hcloud-0123",
            "PULUMI_CONFIG_PASSPHRASE": "correct horse",
            "VULTR_API_KEY": "vultr-0123",
            "HOME": "/home/anna",
        }
        text = "hcloud-0123, correct horse, vultr-0123, /home/anna"
        assert redact(text, environment) == "[secret], [secret], [secret], /home/anna"

    def test_the_longer_of_two_goes_first(self):
        assert redact("abcdefgh", {"A_TOKEN": "abcdef", "B_TOKEN": "abcdefgh"}) == "[secret]"

    def test_empty_and_short_values_blacken_nothing(self):
        assert redact("a lab", {"A_TOKEN": "", "B_TOKEN": "lab"}) == "a lab"

    def test_private_keys(self):
        assert redact(f"before\n{KEY}\nafter", {}) == "before\n[secret]\nafter"

    def test_a_private_key_that_was_cut(self):
        assert redact(f"before\n{KEY[:50]}", {}) == "before\n[secret]"

    def test_a_key_that_is_printed_line_by_line(self):
        assert redact("    abc0123\n    def4567", {"SSH_KEY": "abc0123\ndef4567\n"}) == "    [secret]\n    [secret]"

    def test_the_working_folder_is_no_secret(self):
        assert redact("/home/anna/shop", {"PWD": "/home/anna/shop", "OLDPWD": "/home/anna"}) == "/home/anna/shop"


PASSWORDS = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), min_size=6, max_size=40)


class TestUrls:
    @given(password=PASSWORDS)
    def test_the_backends_password(self, password):
        """Printed alone, as JSON, in the URL or encoded; in whatever form the variable has it."""
        assume(password not in "error: [secret] postgres://state:[secret]@db.example/pulumi")
        for written in {password, quote(password, safe="")}:
            url = f"postgres://state:{written}@db.example/pulumi"
            text = redact(
                f"error: {password} {json.dumps(password)} {url} {quote(password)}", {"PULUMI_BACKEND_URL": url}
            )
            assert password not in text
            assert quote(password) not in text
            assert "db.example/pulumi" in text

    @pytest.mark.parametrize(
        ("text", "masked"),
        [
            ("redis://:pw@redis:6379/0", "redis://:[secret]@redis:6379/0"),
            ("postgres://app:a%2Fb@db/app?sslmode=require", "postgres://app:[secret]@db/app?sslmode=require"),
            ("postgres://app:a/b@c@db/app", "postgres://app:[secret]@db/app"),
            ('{"url": "https://u:pw@host/a"}', '{"url": "https://u:[secret]@host/a"}'),
            ("https://ghp_0123456789abcdef@github.com/a", "https://[secret]@github.com/a"),
            ("s3://state?region=eu&awssecretkey=abc&x=1", "s3://state?region=eu&awssecretkey=[secret]&x=1"),
            ("azblob://state?sig=abc%3D", "azblob://state?sig=[secret]"),
        ],
    )
    def test_of_any_url(self, text, masked):
        """No variable says that it is one."""
        assert redact(text, {}) == masked

    @pytest.mark.parametrize(
        "text",
        [
            "https://shop.example:8443/path",
            "git@github.com:anna/shop",
            "ssh://git@github.com/anna/shop",
            "s3://state?region=eu-central-1",
            "anna@shop.example says: done",
            "registry.example:5000/shop:1.2@sha256:0123456789",
        ],
    )
    def test_what_is_no_secret_stays(self, text):
        assert redact(text, {"PULUMI_BACKEND_URL": "s3://state?region=eu-central-1"}) == text

    @pytest.mark.parametrize(
        ("url", "secret"),
        [
            ("s3://state?endpoint=minio.example&awssecretkey=abc%2Fdef", "abc/def"),
            ("https://0123456789abcdef0123@api.example", "0123456789abcdef0123"),
            ("postgres://u:quo'te\"<d>@db/x", "quo'te\"<d>"),
        ],
    )
    def test_secrets_of_backends(self, url, secret):
        assert redact(f"a {secret} b", {"PULUMI_BACKEND_URL": url}) == "a [secret] b"


class TestWhatWasCut:
    """This program shows no page of a value: it puts three dots behind its beginning."""

    SECRET = "aBcD1234efGH5678ijKL9012"

    @pytest.mark.parametrize("length", [12, 18, 23])
    def test_in_the_middle_of_a_text(self, length):
        text = f"stagecoach:x = {self.SECRET[:length]}...: is wrong. Fix it"
        assert redact(text, {"HCLOUD_TOKEN": self.SECRET}) == "stagecoach:x = [secret]...: is wrong. Fix it"

    def test_what_only_begins_alike(self):
        text = "aBcD1234..."
        assert redact(text, {"HCLOUD_TOKEN": self.SECRET}) == text


def test_a_key_within_json_by_its_lines():
    key = "-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkq\\n-----END PRIVATE KEY-----\\n"
    environment = {"GOOGLE_CREDENTIALS": f'{{"private_key": "{key}"}}'}
    assert redact("line 2: MIIEvQIBADANBgkq", environment) == "line 2: [secret]"


def test_a_hooks_url():
    url = "https://hooks.example/T0/B0/abcdef"
    assert redact(f"post to {url} failed", {"SLACK_HOOK": url}) == "post to [secret] failed"


@pytest.mark.parametrize("piece", ["https://", "https%3A%2F%2F"])
def test_a_long_word_is_looked_through_once(piece):
    """From each of its places it took a minute and more, and a pull request's job hung."""
    code = "import sys; from infra.report.redaction.redact import redact; redact(sys.argv[1] * 60_000, {})"
    subprocess.run([sys.executable, "-c", code, piece], check=True, timeout=patience(10))
