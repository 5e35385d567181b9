"""Lines of `authorized_keys`, real ones and what people paste in their place."""

import pytest

from infra.stack_file.strict import HiddenValueError
from infra.stack_file.values.public_key import public_key
from tests.public_keys import ED25519, blob

RSA = f"ssh-rsa {blob(b'ssh-rsa', bytes([1, 0, 1]), bytes([0, *[255] * 256]))}"
ECDSA = f"ecdsa-sha2-nistp256 {blob(b'ecdsa-sha2-nistp256', b'nistp256', bytes(65))}"

SK = f"sk-ssh-ed25519@openssh.com {blob(b'sk-ssh-ed25519@openssh.com', bytes(32), b'ssh:')}"
OPTIONS = [
    f"restrict,pty {ED25519}",
    f'no-port-forwarding,command="echo \\"ssh-ed25519 AAAA\\" a,b" {ED25519} ada',
    f"cert-authority\t{ED25519}\tada@laptop",
    f"No-PTY,X11-Forwarding {ED25519}",
]


@pytest.mark.parametrize(
    "line", [ED25519, f"{ED25519} ada@laptop", RSA, ECDSA, SK, f'from="203.0.113.7" {ED25519} a b', *OPTIONS]
)
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
        (f"# {ED25519}", "is a comment to sshd"),
        (f"laptop {ED25519}", "no option of sshd"),
        (f'command="unclosed {ED25519}', "no option of sshd"),
        (f"restrict, pty {ED25519}", "no option of sshd"),
        (f"{ED25519} \x1b[31m", "can't be seen"),
        (f"{ED25519} \0", "can't be seen"),
        (f"{ED25519}==", "is cut off or changed"),
        (f"ssh-ed25519 {blob(b'ssh-ed25519', bytes(31))}", "is cut off or changed"),
        (f"ssh-ed25519 {blob(b'ssh-ed25519', bytes(32), b'more')}", "is cut off or changed"),
        (f"ssh-rsa {blob(b'ssh-rsa', b'x')}", "is cut off or changed"),
        (f"ssh-rsa {blob(b'ssh-rsa', b'x', bytes(1) + b'x' * 64)}", "is cut off or changed"),
        (f"ecdsa-sha2-nistp256 {blob(b'ecdsa-sha2-nistp256', b'nistp384', bytes(65))}", "is cut off or changed"),
        (ED25519.upper(), "is no public key"),
    ],
)
def test_no_keys(line, says):
    with pytest.raises(ValueError, match=says):
        public_key(line)
