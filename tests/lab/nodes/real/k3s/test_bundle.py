"""The stand-in is one file that the machine's own Python runs."""

import hashlib
import subprocess
import sys

import pytest

from lab.nodes.real.k3s import bundle
from lab.nodes.real.k3s.bundle import build_file, ensure_guest_bin, k3s_file
from lab.toolchain.programs import KUBERNETES_VERSION


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("STAGECOACH_CACHE", str(tmp_path))
    return tmp_path


class TestFile:
    def test_same_sources_same_file(self):
        assert build_file() == build_file()

    def test_says_its_version(self, cache):
        """As the install script asks for it; the digest is the file's."""
        path, digest, version = k3s_file()
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
        done = subprocess.run([sys.executable, path, "--version"], capture_output=True, text=True, check=True)
        assert done.stdout.split("\n")[0].split()[2] == version
        assert version.startswith(f"v{KUBERNETES_VERSION}+lab1.")

    def test_nothing_of_the_lab_is_imported_but_the_package(self, cache):
        """The servers have the standard library and PyYAML."""
        path, _, _ = k3s_file()
        code = (
            f"import sys; sys.path.insert(0, {str(path)!r})\n"
            "from lab.nodes.real.k3s.guest import agent, server\n"
            "print(sorted(n for n in sys.modules if n.split('.')[0] in ('infra', 'rich', 'pydantic', 'cryptography')))"
        )
        done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True, cwd="/")
        assert done.stdout == "[]\n"

    def test_served_as_it_lies(self, cache):
        path, _, _ = k3s_file()
        assert [one.name for one in path.parent.iterdir()] == ["k3s"]
        assert path.stat().st_mode & 0o777 == 0o755


class TestGuestBin:
    def test_programs_under_their_names(self, cache, monkeypatch):
        monkeypatch.setattr(bundle, "ensure", lambda program: fake(cache, program.name))
        folder = ensure_guest_bin()
        names = {path.name for path in folder.iterdir()}
        assert {"etcd", "kubectl", "netpol", "kube", "kube-apiserver", "kubelet", "kube-proxy"} <= names
        assert (folder / "kubelet").read_text() == "kube"
        assert (cache / "guest" / "current" / "bin").resolve() == folder.resolve()
        assert ensure_guest_bin() == folder

    def test_files_of_traefiks_module_and_the_acme_servers_certificate(self, cache, monkeypatch):
        monkeypatch.setattr(bundle, "ensure", lambda program: fake(cache, program.name))
        share = ensure_guest_bin().with_name("share")
        read = {path.name: path.read_text() for path in share.iterdir()}
        assert read == {"traefik-crd.yaml": "crd", "traefik-rbac.yaml": "rbac", "authority.pem": "pebble"}

    def test_another_build_is_another_folder(self, cache, monkeypatch):
        """Servers that run keep the one that was bound into them."""
        monkeypatch.setattr(bundle, "ensure", lambda program: fake(cache, program.name))
        first = ensure_guest_bin()
        monkeypatch.setattr(bundle, "ensure", lambda program: fake(cache / "new", program.name))
        second = ensure_guest_bin()
        assert first != second
        assert first.exists()
        assert (cache / "guest" / "current" / "bin").resolve() == second.resolve()


def fake(folder, name):
    path = folder / "programs" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(name)
    for beside in ("crd.yaml", "rbac.yaml", "pebble.minica.pem"):
        (path.parent / beside).write_text(beside.partition(".")[0])
    return path
