"""No secret reaches a comment, whatever printed it."""

from infra.pull_requests.redact import redact

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
