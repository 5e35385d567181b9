"""Authorities and certificates as k3s keeps them, made by openssl."""

from __future__ import annotations

import datetime as dt
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from lab.nodes.real.k3s.guest import files
from lab.nodes.real.k3s.guest.refusal import RefusalError

_AUTHORITY_DAYS, _DAYS = 3650, 365  # k3s's own
_RENEW = dt.timedelta(days=90)  # k3s renews at its start what ends within
_SECONDS = 30  # that one key may take
# Without the machine's own configuration, which would add extensions.
_OPENSSL = "[req]\ndistinguished_name = subject\nprompt = no\nstring_mask = utf8only\n[subject]\n"


class Authority:
    """One certificate authority; `folder` keeps its files across restarts."""

    def __init__(self, folder: Path, name: str) -> None:
        self.certificate = folder / f"{name}.crt"
        self.key = folder / f"{name}.key"
        if not self.certificate.exists():
            stamp = int(dt.datetime.now(dt.UTC).timestamp())
            extensions = ["basicConstraints=critical,CA:true", "keyUsage=critical,keyCertSign,digitalSignature"]
            pair = _make(f"/CN=k3s-{name}@{stamp}", extensions, _AUTHORITY_DAYS)
            _write(pair, self.certificate, self.key)

    def client(self, stem: Path, user: str, group: str = "") -> None:
        """Client certificate and key `<stem>.crt`, `<stem>.key`: kept for a year, renewed before it ends."""
        certificate = stem.with_suffix(".crt")
        now = dt.datetime.now(dt.UTC)
        if certificate.exists() and not due(end_of(certificate), now):
            return
        subject = (f"/O={group}" if group else "") + f"/CN={user}"
        self._issue(stem, subject, ["extendedKeyUsage=clientAuth"])

    def server(self, stem: Path, user: str, sans: Sequence[str]) -> None:
        """Serving certificate and key for these names and addresses: new at each start."""
        self._issue(stem, f"/CN={user}", ["extendedKeyUsage=serverAuth", f"subjectAltName={alternatives(sans)}"])

    def _issue(self, stem: Path, subject: str, extensions: list[str]) -> None:
        usual = ["basicConstraints=critical,CA:false", "keyUsage=critical,digitalSignature,keyEncipherment"]
        signer = ["-CA", str(self.certificate), "-CAkey", str(self.key)]
        pair = _make(subject, [*usual, *extensions], _DAYS, signer)
        _write(pair, stem.with_suffix(".crt"), stem.with_suffix(".key"))


def due(end: dt.datetime, now: dt.datetime) -> bool:
    """Whether a certificate that ends then is renewed at a start."""
    return end - now < _RENEW


def end_of(certificate: Path) -> dt.datetime:
    """When a certificate ends; long ago for a file that holds none."""
    command = ["openssl", "x509", "-in", str(certificate), "-noout", "-enddate"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)
    return parse_end(done.stdout) if done.returncode == 0 else dt.datetime.min.replace(tzinfo=dt.UTC)


def parse_end(text: str) -> dt.datetime:
    """From openssl's `notAfter=Nov 24 12:00:00 2027 GMT`."""
    value = text.strip().removeprefix("notAfter=").removesuffix(" GMT")
    return dt.datetime.strptime(value, "%b %d %H:%M:%S %Y").replace(tzinfo=dt.UTC)


def alternatives(sans: Sequence[str]) -> str:
    """The extension's value; each name once."""
    return ",".join(f"{'IP' if _is_address(one) else 'DNS'}:{one}" for one in dict.fromkeys(sans) if one)


def service_accounts(path: Path) -> None:
    """The key that signs service accounts' tokens: RSA, as the API server's issuer needs."""
    if not path.exists():
        files.write(path, _run(["openssl", "genrsa", "2048"]))


def _is_address(text: str) -> bool:
    return text.replace(".", "").isdigit() or ":" in text


def _make(subject: str, extensions: list[str], days: int, signer: Sequence[str] = ()) -> tuple[str, str]:
    """Certificate and key, both PEM."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "openssl.cnf").write_text(_OPENSSL)
        command = ["openssl", "req", "-x509", "-config", str(folder / "openssl.cnf"), "-newkey", "ec"]
        command += ["-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", subject, "-days", str(days)]
        command += [word for one in extensions for word in ("-addext", one)]
        command += [*signer, "-keyout", str(folder / "key"), "-out", str(folder / "certificate")]
        _run(command)
        return (folder / "certificate").read_text(), (folder / "key").read_text()


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)
    if done.returncode:
        raise RefusalError(f"openssl: {done.stderr.strip()}")
    return done.stdout


def _write(pair: tuple[str, str], certificate: Path, key: Path) -> None:
    """The key first: a certificate that is there has its key."""
    files.write(key, pair[1])
    files.write(certificate, pair[0], 0o644)
