"""The whole program under mocks: one run per combination, and what tests look up in it."""

import functools
import json
import re
import shlex

from infra.clouds import CLOUDS
from infra.errors import RefusedError
from infra.sizing.sound import require_sound
from stacks import STAGES
from tests.mocks import graph
from tests.plans import REGIONS, stage_plan
from tests.programs import CONFIG, program
from tests.public_keys import ED25519


def run(stage=1, provider="hetzner", *, preview=False, **more):
    """A graph; `more` are further keys of the stack file, without their namespace."""
    return _run(stage, provider, preview, json.dumps(more, sort_keys=True))


@functools.cache
def _run(stage, provider, preview, more):
    config = {**CONFIG, "stagecoach:provider": provider, "stagecoach:region": REGIONS[provider]}
    config |= {f"stagecoach:{key}": value for key, value in json.loads(more).items()}
    return graph(program, preview=preview, config={**config, "stagecoach:stage": stage})


def _is_built(stage, provider):
    try:
        require_sound(stage_plan(stage, provider))
    except RefusedError:
        return False
    return True


# A stack file that turns on what is off by default; at stage 2, so many threads ask for PgBouncer.
EVERYTHING = {
    "domains": ["shop.example", "www.shop.example"],
    "acme_email": "a@shop.example",
    "app": {"asgi": "config.asgi:application"},
    "registry": {"server": "registry.example", "username": "shop"},
    "registry_password": "hidden",
    "authorized_keys": [f"{ED25519} anna"],
    "alerts": {"webhook_url": "https://hooks.example/shop"},
    "overrides": {"django": {"threads": 16}},
}

# Stage and provider of everything that the program builds.
BUILT = tuple((stage, provider) for provider in CLOUDS for stage in STAGES if _is_built(stage, provider))


def pod_of(manifest):
    """The pod template's spec of a workload; None for objects without pods."""
    spec = manifest.get("spec", {})
    if manifest["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    return spec.get("template", {}).get("spec")


def pods(recorder):
    """Pod specs by the workload's logical name."""
    found = {name: pod_of(manifest) for name, manifest in recorder.kubernetes().items()}
    return {name: pod for name, pod in found.items() if pod}


def container(recorder, name, which=0):
    """A container of a workload."""
    return pods(recorder)[name]["containers"][which]


def environment(made):
    """A container's own variables: text, or (Secret, key)."""
    found = {}
    for one in made.get("env", []):
        reference = one.get("valueFrom", {}).get("secretKeyRef")
        found[one["name"]] = (reference["name"], reference["key"]) if reference else one["value"]
    return found


def exported(script):
    """The variables that stand before a server's script."""
    head = re.split(r"^#!", script, maxsplit=1, flags=re.MULTILINE)[0]
    return dict(word.split("=", 1) for word in shlex.split(head, comments=True) if word != "export")


def waits_for(recorder, name):
    """Logical names of everything that is made before: own dependencies, the parents' and theirs in turn."""
    found, open_ = set(), [name]
    while open_:
        request = recorder.requests.get(open_.pop())
        if request is None:  # the stack
            continue
        before = {urn.rsplit("::", 1)[-1] for urn in (*request.dependencies, request.parent) if urn}
        open_ += before - found
        found |= before
    return found
