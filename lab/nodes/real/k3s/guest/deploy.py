"""Applies what lies in the manifests folder, and puts there what k3s bundles."""

from __future__ import annotations

import hashlib
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

from lab.nodes.real.k3s.guest import files, log
from lab.nodes.real.k3s.guest.bundled import render, render_traefik, traefik_values, unwanted
from lab.nodes.real.k3s.guest.config import Config
from lab.nodes.real.k3s.guest.layout import PROGRAMS, SHARE, Layout
from lab.nodes.real.k3s.guest.traefik.values import ChartError

_EVERY = 2.0  # seconds between two looks; k3s takes 15
_KINDS = (".yaml", ".yml", ".json")
_SECONDS = 60
_LONGEST = 60.0  # seconds until a file that was refused is tried again; it doubles from the first


class Deployer:
    """One look at a time; `lab.nodes.real.k3s.guest.lifecycle.Lifecycle.repeat` calls it."""

    def __init__(self, config: Config, layout: Layout, kubeconfig: Path) -> None:
        self.config = config
        self.folder = layout.manifests
        self.kubeconfig = kubeconfig
        self._read: dict[Path, str] | None = None  # what `_bundled` was made with
        self._bundled: dict[str, str] = {}
        self._applied: dict[Path, str] = {}
        self._refused: dict[tuple[Path, str], tuple[float, float]] = {}  # when to try again, and how long that was

    def look(self) -> float:
        """Applies what is new or changed; seconds until the next look."""
        self.folder.mkdir(parents=True, exist_ok=True)
        texts = {path: path.read_text(errors="replace") for path in manifests(self.folder)}
        if texts != self._read:
            # Only then: rendering takes a tenth of a second.
            self._bundled, self._read = {**render(self.config), **self._traefik(texts.values())}, dict(texts)
        for name, text in self._bundled.items():
            if files.write_if_changed(self.folder / name, text):
                texts[self.folder / name] = text
        for name in unwanted(self.config):
            texts.pop(self._remove(self.folder / f"{name}.yaml"), None)
        self._apply({path: hashlib.sha256(text.encode()).hexdigest() for path, text in texts.items()})
        return _EVERY

    def _traefik(self, texts: Iterable[str]) -> dict[str, str]:
        """Values that the chart does not take change nothing, as an upgrade by Helm that fails."""
        try:
            return render_traefik(self.config, traefik_values(texts), SHARE)
        except ChartError as error:
            log.error(f"Failed to install chart traefik: {error}")
            return {}

    def _apply(self, hashes: dict[Path, str]) -> None:
        now = time.monotonic()
        changed = [
            path
            for path in sorted(hashes)
            if self._applied.get(path) != hashes[path] and self._refused.get((path, hashes[path]), (0.0, 0.0))[0] <= now
        ]
        if not changed:
            return
        failed = self._kubectl("apply", changed)
        for path in changed:
            # One file's mistake must not keep the others out.
            text = self._kubectl("apply", [path]) if failed and len(changed) > 1 else failed
            if text:
                wait = min(2 * self._refused.get((path, hashes[path]), (0.0, _EVERY / 2))[1], _LONGEST)
                self._refused[path, hashes[path]] = (time.monotonic() + wait, wait)
                log.error(f"Failed to process manifest at {path}: {text}")
            else:
                log.info(f"Applied manifest at {path}")
                self._applied[path] = hashes[path]

    def _remove(self, path: Path) -> Path:
        if path.exists() and not (text := self._kubectl("delete", [path])):
            path.unlink()
            log.info(f"Deleted disabled {path.stem}")
        elif path.exists():
            log.error(f"Failed to delete disabled {path.stem}: {text}")
        return path

    def _kubectl(self, verb: str, paths: list[Path]) -> str:
        """What it said of a failure; empty where there was none."""
        how = {
            "apply": ["--server-side", "--force-conflicts", "--field-manager=deploy@k3s"],
            "delete": ["--ignore-not-found", "--wait=false"],
        }[verb]
        command = [str(PROGRAMS / "kubectl"), f"--kubeconfig={self.kubeconfig}", verb, *how]
        command += [f"--filename={path}" for path in paths]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)
        return "" if done.returncode == 0 else done.stderr.strip() or f"exit code {done.returncode}"


def manifests(folder: Path) -> list[Path]:
    """Files that k3s reads: a name that ends in `.new`, or begins with a dot, is passed over."""
    found = [path for path in folder.rglob("*") if path.suffix in _KINDS and path.is_file()]
    return sorted(path for path in found if not path.name.startswith(".") and not path.with_suffix(".skip").exists())
