"""Lines of `authorized_keys`, real ones and what people paste in their place."""

import pytest

from infra.models.public_key import public_key
from infra.models.strict import HiddenValueError
from tests.public_keys import ED25519, blob

RSA = f"ssh-rsa {blob(b'ssh-rsa', bytes(3), bytes(257))}"
ECDSA = f"ecdsa-sha2-nistp256 {blob(b'ecdsa-sha2-nistp256', b'nistp256', bytes(65))}"


@pytest.mark.parametrize("line", [ED25519, f"{ED25519} ada@laptop", RSA, ECDSA, f'from="203.0.113.7" {ED25519} a b'])
def test_keys(line):
    assert public_key(f"  {line}\n") == line


@pytest.mark.parametrize(
    "line",
    [
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----",
    ],
)
def test_a_private_key_is_not_repeated(line):
    with pytest.raises(HiddenValueError) as caught:
        public_key(line)
    assert "b3BlbnNz" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("not a key", "is no public key"),
        ("", "is no public key"),
        ("/root/.ssh/id_ed25519.pub", "is no public key"),
        ("ssh-ed25519", "is no public key"),
        ("ssh-ed25519 AAAA", "is cut off or changed"),
        (ED25519[:-8], "is cut off or changed"),
        (ED25519.replace("ssh-ed25519 ", "ssh-rsa "), "is cut off or changed"),
        (f"ssh-ed25519 {blob(b'ssh-ed25519')}", "is cut off or changed"),
        (f"ssh-dss {blob(b'ssh-dss', bytes(32))}", "is no public key"),
        (f"{ED25519}\n{RSA}", "has more than one line"),
    ],
)
def test_no_keys(line, says):
    with pytest.raises(ValueError, match=says):
        public_key(line)
