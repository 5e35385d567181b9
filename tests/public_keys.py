"""SSH public keys that sshd would take; nobody has their other half."""

import base64


def blob(*parts):
    """A key's parts as RFC 4251 writes them, in base64."""
    return base64.b64encode(b"".join(len(one).to_bytes(4, "big") + one for one in parts)).decode()


ED25519 = f"ssh-ed25519 {blob(b'ssh-ed25519', bytes(32))}"
