"""What an emulated cloud remembers: one JSON file, replaced as a whole."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

Record = dict[str, Any]


class Store:
    """Objects by kind and numeric id; every change is on disk before the call returns."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = threading.RLock()
        self._content: dict[str, Any] = {"next_id": 4_711_000, "kinds": {}}
        if path.exists():
            self._content = json.loads(path.read_text())

    def all(self, kind: str) -> dict[str, Record]:
        """Objects of a kind by id."""
        kinds: dict[str, dict[str, Record]] = self._content["kinds"]
        return kinds.setdefault(kind, {})

    def get(self, kind: str, resource_id: str) -> Record | None:
        """One object, or None."""
        return self.all(kind).get(resource_id)

    def add(self, kind: str, record: Record) -> str:
        """Stores a new object; its id."""
        with self.lock:
            number: int = self._content["next_id"]
            self._change(kind, {**self.all(kind), str(number): record}, next_id=number + 1)
            return str(number)

    def put(self, kind: str, resource_id: str, record: Record) -> None:
        """Stores an object under an id."""
        with self.lock:
            self._change(kind, {**self.all(kind), resource_id: record})

    def remove(self, kind: str, resource_id: str) -> None:
        """Forgets an object; no error if it is gone."""
        with self.lock:
            self._change(kind, {key: value for key, value in self.all(kind).items() if key != resource_id})

    def _change(self, kind: str, records: dict[str, Record], **more: int) -> None:
        """First on disk, then in memory: what could not be written did not happen."""
        content = {**self._content, **more, "kinds": {**self._content["kinds"], kind: records}}
        self._write(content)
        self._content = content

    def _write(self, content: dict[str, Any]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.path.with_suffix(".tmp")
        with temporary.open("w") as handle:
            json.dump(content, handle, indent=1)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(self.path)
