"""Private keys, whole and of which a log shows a part."""

import base64
import json
import re
from urllib.parse import quote

import pytest

from infra.report.redaction.redact import redact

KEY = "\n".join(["b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW"] * 3 + ["QyNTUxOQ=="])
END = "-----END OPENSSH PRIVATE KEY-----"


class TestPrivateKeys:
    @pytest.mark.parametrize("margin", ["", "    ", "+ ", "2026-11-30T12:00:00Z "])
    def test_without_its_beginning(self, margin):
        """Every line of it that the log has."""
        lines = "\n".join(f"{margin}{line}" for line in (*KEY.splitlines(), END))
        made = redact(f"what happened before\n{lines}\nand after", {})
        assert made.startswith("what happened before\n")
        assert made.endswith("\nand after")
        assert not re.search(r"\w{16,}", made.replace("[secret]", ""))

    @pytest.mark.parametrize("kind", ["PGP PRIVATE KEY BLOCK", "EC PRIVATE KEY", "PRIVATE KEY", "ED25519 PRIVATE KEY"])
    @pytest.mark.parametrize("write", [str, json.dumps, quote])
    def test_of_any_kind(self, kind, write):
        made = redact(f"a {write(f'-----BEGIN {kind}-----{chr(10)}{KEY}{chr(10)}-----END {kind}-----')} b", {})
        assert "b3Blbn" not in made
        assert made.startswith("a ")
        assert made.endswith(" b")

    @pytest.mark.parametrize("kind", ["", "RSA ", "EC ", "OPENSSH "])
    def test_in_a_kubeconfig(self, kind):
        """And a certificate stays."""
        encoded = base64.b64encode(f"-----BEGIN {kind}PRIVATE KEY-----\n{KEY}".encode()).decode()
        open_ = base64.b64encode(b"-----BEGIN CERTIFICATE-----\nMIIB").decode()
        made = redact(f"client-key-data: {encoded}\ncertificate-authority-data: {open_}\n", {})
        assert made == f"client-key-data: [secret]\ncertificate-authority-data: {open_}\n"
