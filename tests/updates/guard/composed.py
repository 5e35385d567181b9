"""Previews put together from what the engine prints and from what it never would, for property tests."""

import json
import random

from tests.updates.preview.previews import step

VOLUME, SERVER = "hcloud:index/volume:Volume", "hcloud:index/server:Server"
HELD = (
    (SERVER, "server-server"),
    (VOLUME, "server-data"),
    ("vultr:index/instance:Instance", "server-server"),
    ("vultr:index/blockStorage:BlockStorage", "server-data"),
    ("digitalocean:index/reservedIp:ReservedIp", "server-address"),
    ("kubernetes:core/v1:PersistentVolumeClaim", "backups"),
    ("kubernetes:apps/v1:StatefulSet", "postgres-stateful-set"),
    ("random:index/randomPassword:RandomPassword", "credentials-postgres"),
)
LOOSE = (
    ("kubernetes:core/v1:ConfigMap", "prometheus-config"),
    ("kubernetes:batch/v1:Job", "django-migrate"),
    ("kubernetes:apps/v1:Deployment", "django-deployment"),
    (SERVER, "celery-servers-2-server"),
)
STAYS = ("same", "create", "update", "read", "refresh", "import", "remove-pending-replace")
GOES = (
    *("replace", "create-replacement", "delete-replaced", "delete", "discard", "discard-replaced"),
    *("import-replacement", "read-replacement"),
)
UNKNOWN = ("", "DELETE", "delete ", " same", "destroy", "Replace", "update\n", "s\u0430me", "none", "\x1b[2J")
ODD = (None, True, False, 0, -1, 1.5, 10**30, "", "x", "\ud800", "\x1b]0;x\x07", [], [1], {}, {"a": 1})
TOLD = {"size": 40, "sizeGb": 40, "plan": "vc2-2c-4gb", "serverType": "cx23"}
SMALLER = {"size": (20, "20", None, "small", [40], True), "plan": ("vc2-1c-1gb", "vx9", None, 7, {})}


def drawn(seed):
    """The text of a preview, and why it must not pass; empty where nothing is wrong with it."""
    dice = random.Random(seed)  # noqa: S311  the same ones in every run
    why = []
    steps = [_step(dice, why) for _ in range(dice.choice((0, 1, 2, 3, 5, 300)))]
    counts = {}
    for one in steps:
        if isinstance(one.get("op"), str):
            counts[one["op"]] = counts.get(one["op"], 0) + 1
    document = {"config": {}, "steps": steps, "diagnostics": _said(dice, why), "duration": 5, "changeSummary": counts}
    if dice.random() < 0.4:
        dice.choice((_summary, _steps_elsewhere, _no_list, _extra))(dice, document, why)
    text = json.dumps(document)
    return (dice.choice((_cut_off, _twice, _around))(dice, text, why) if dice.random() < 0.15 else text), why


def _step(dice, why):
    held = dice.random() < 0.5
    kind, name = dice.choice(HELD if held else LOOSE)
    chance = dice.random()
    if chance < 0.8:
        made = _whole(step(dice.choice(STAYS), kind, name), kind)
    elif chance < 0.9:
        made = _whole(step(dice.choice(GOES), kind, name, protect=dice.random() < 0.5), kind)
        if held or made["oldState"]["protect"]:
            why.append(f"{made['op']} of {name}")
    else:
        made = dice.choice((_unknown, _damaged, _colons, _shrinks, _untold))(dice, kind, name, why)
    return made


def _whole(made, kind):
    made["oldState"]["inputs"] = TOLD
    return made | {"newState": {"type": kind, "protect": False, "inputs": TOLD}}


def _unknown(dice, kind, name, why):
    why.append("an unknown operation")
    return _whole(step(dice.choice(UNKNOWN), kind, name), kind)


def _damaged(dice, kind, name, why):
    """Something is missing, or of a type that it never has."""
    made = _whole(step("delete", kind, name), kind)
    key = dice.choice(("op", "urn", "oldState", "detailedDiff", "replaceReasons"))
    if key in ("op", "urn") and dice.random() < 0.5:
        del made[key]
        why.append(f"no {key}")
    else:
        made[key] = dice.choice([one for one in ODD if not isinstance(one, dict)])
        fits = made[key] is None or (made[key] == [] and key == "replaceReasons")
        if (kind, name) in HELD or key in ("op", "urn") or not fits:
            why.append(f"{key} = {made[key]!r}")
    return made


def _colons(dice, kind, name, why):
    """All behind the type is the name."""
    if (kind, name) in HELD:
        why.append("a name with colons")
    return _whole(step("delete", kind, f"{name}::{dice.choice(('', 'x', 'a:b', 'celery-host-kex'))}"), kind)


def _shrinks(dice, _kind, _name, why):
    kind, key = dice.choice(((VOLUME, "size"), ("vultr:index/instance:Instance", "plan")))
    made = _whole(step("update", kind, "server-server"), kind)
    made["newState"]["inputs"] = TOLD | {key: dice.choice(SMALLER[key])}
    why.append(f"{key} = {made['newState']['inputs'][key]!r}")
    return made


def _untold(dice, _kind, _name, why):
    why.append("a size that is not told")
    return step("update", dice.choice((VOLUME, "vultr:index/blockStorage:BlockStorage")), "server-data")


def _said(dice, why):
    if dice.random() < 0.85:
        return [{"severity": "warning", "message": "old"}] * dice.randint(0, 3)
    severity = dice.choice(("error", "ERROR", "fatal", "", None, 3))
    message = dice.choice(("no", "", "\x1b[31m", "\x1b]" * 50, None, ["x"], "x" * 30_000))
    why.append(f"a diagnostic {severity!r} {message!r:.20}")
    return [{"severity": severity, "message": message}]


def _summary(dice, document, why):
    op = dice.choice((*STAYS[1:], *GOES, *UNKNOWN))
    more = dice.choice((1, 5, 10**20, True, False, "5", None, -1000, 1.5, [5]))
    document["changeSummary"][op] = document["changeSummary"].get(op, 0) + more if type(more) is int else more
    why.append(f"the summary says {more!r} more of {op!r}")


def _steps_elsewhere(dice, document, why):
    """A newer engine could list them under another name."""
    document[dice.choice(("Steps", "resourceSteps", "events"))] = document.pop("steps")
    document["changeSummary"] = dice.choice(({}, None, document["changeSummary"]))
    why.append("no steps")


def _no_list(dice, document, why):
    document["steps"] = dice.choice([one for one in ODD if one != []])
    why.append(f"steps = {document['steps']!r}")


def _extra(dice, document, _why):
    """A newer engine says more."""
    deep = []
    for _ in range(dice.choice((1, 50))):
        deep = [deep]
    document["newer"] = deep
    for one in document["steps"]:
        one["newer"] = {"op": "delete", "urn": deep}


def _cut_off(dice, text, why):
    why.append("cut off")
    return text[: dice.randrange(len(text))]


def _twice(dice, text, why):
    key = dice.choice(('"config": {}', '"duration": 5', '"diagnostics": []'))
    why.append(f"{key} twice")
    return f"{text[:-1]}, {key}}}"


def _around(dice, text, why):
    why.append("something around it")
    return dice.choice(("{}%s", "%s{}", "%s%s", "warning: old\n%s", "\ufeff%s", "[%s]", "[" * 5000 + "%s")).replace(
        "%s", text
    )
