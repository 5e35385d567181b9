"""Previews as the engine prints them, and what a test changes in them."""

import json


def step(op, kind, name, *, protect=False, paths=(), replacing=()):
    """One step; `kind` is the type that the provider knows."""
    return {
        "op": op,
        "urn": f"urn:pulumi:stage1::stagecoach::stagecoach:server:HetznerServer${kind}::{name}",
        "oldState": {"type": kind, "protect": protect},
        "detailedDiff": {path: {"kind": "update", "inputDiff": True} for path in paths},
        "replaceReasons": list(replacing),
    }


def document(*steps, same=70, diagnostics=()):
    """The text on standard output."""
    return json.dumps({"steps": list(steps), "changeSummary": {"same": same}, "diagnostics": list(diagnostics)})
