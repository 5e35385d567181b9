"""Previews that the real engine made, cut down to what the guard and the comment read.

`RECORD=1 make test` (or that variable before pytest -m engine tests/engine/test_guard.py) writes them again.
"""

import json
import os
import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "fixtures"
TIER_MOVE, REPLACED, UNPROTECTED = "tier-move", "replaced-server", "replaced-server-unprotected"
NAMES = (TIER_MOVE, REPLACED, UNPROTECTED)
# Sizes and types; everything else may be a secret, an address or a path.
_NEW = (("inputs", ("serverType", "size", "plan", "sizeGb")),)
_OLD = (*_NEW, ("outputs", ("primaryDiskSize", "disk")))
_COLOURS = re.compile(r"\x1b\[[0-9;]*m|<\{%.*?%\}>")


def read(name):
    """The text, as the engine's standard output."""
    return (FOLDER / f"{name}.json").read_text()


def record(name, text):
    """Writes the fixture if asked to, or if there is none."""
    path = FOLDER / f"{name}.json"
    if os.environ.get("RECORD") or not path.exists():
        path.write_text(_lines(reduced(json.loads(text))))


def _lines(document):
    """One step a line, so that a difference is read with ease."""
    parts = [f'"{key}": {json.dumps(document[key], sort_keys=True)}' for key in ("changeSummary", "diagnostics")]
    steps = ",\n".join(json.dumps(one, sort_keys=True) for one in document["steps"])
    return "{" + ",\n".join(parts) + f',\n"steps": [\n{steps}\n]}}\n'


def reduced(document):
    """Sorted: the engine works in parallel, so that its order is another one each time."""
    # The engine repeats a warning for each resource.
    said = dict.fromkeys(
        (one["severity"], _COLOURS.sub("", one["message"]))
        for one in document.get("diagnostics", ())
        if one["severity"] in ("error", "warning")
    )
    steps = sorted(map(_step, document["steps"]), key=lambda one: (one["urn"], one["op"]))
    return {
        "steps": steps,
        "changeSummary": document["changeSummary"],
        "diagnostics": [{"severity": kind, "message": text} for kind, text in said],
    }


def _step(one):
    kept = {"op": one["op"], "urn": one["urn"]}
    if one["op"] == "same":
        return kept
    for key in ("detailedDiff", "diffReasons", "replaceReasons"):
        if one.get(key):
            kept[key] = one[key]
    for key, parts in (("oldState", _OLD), ("newState", _NEW)):
        if one.get(key):
            kept[key] = _state(one[key], parts)
    return kept


def _state(state, parts):
    kept = {"type": state["type"], "protect": state.get("protect", False)}
    for part, keys in parts:
        found = {key: state[part][key] for key in keys if key in (state.get(part) or {})}
        if found:
            kept[part] = found
    return kept
