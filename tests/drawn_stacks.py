"""Stack files for property tests: stages, providers, pins, servers and overrides, many of which do not fit."""

import random

from infra.clouds import CLOUDS
from infra.errors import ConfigError
from infra.planner.plan_for import plan_for
from infra.stack_file.reader.parse import parse_config
from stacks import STAGES


def _replicas(draw, most):
    low = draw.randint(1, most)
    planned = draw.randint(low, most)
    return {"min": low, "planned": planned, "ceiling": draw.randint(planned, most + 4)}


def _pool(draw):
    request = draw.choice([256, 512, 768, 1024, 1700, 3000])
    cpu = draw.choice([50, 200, 400, 800, 1500, 2500])
    made = {
        "memory_request": f"{request}Mi",
        "memory_limit": f"{request + draw.choice([0, 512])}Mi",
        "cpu_request": f"{cpu}m",
        "cpu_limit": f"{cpu + draw.choice([0, 400])}m",
        "replicas": _replicas(draw, draw.choice([2, 4, 9])),
    }
    return {key: made[key] for key in made if draw.random() < 0.9 or key.endswith(("limit", "request"))}


def _django(draw):
    request = draw.choice([1, 100, 176, 320, 700, 1500])
    return {
        "memory_request": f"{request}Mi",
        "memory_limit": f"{request + 200}Mi",
        "cpu_request": f"{draw.choice([1, 100, 200, 500, 1000])}m",
        "replicas": _replicas(draw, draw.choice([2, 4, 8, 70])),
    }


def draw_keys(draw):
    """The keys of one stack file, without their namespace."""
    stage, provider = draw.choice(sorted(STAGES)), draw.choice(sorted(CLOUDS))
    types = [row.name for row in CLOUDS[provider].catalog.instance_types]
    keys = {
        "name": "shop",
        "provider": provider,
        "region": CLOUDS[provider].default_region,
        "image": "registry.example/shop:1",
        "admin_cidrs": ["203.0.113.0/24"],
        "stage": stage,
    }
    if draw.random() < 0.6:
        keys["instance_type"] = draw.choice(types)
    if draw.random() < 0.5:
        keys["celery_servers"] = {"count": draw.randint(0, 3)}
        if draw.random() < 0.5:
            keys["celery_servers"]["instance_type"] = draw.choice(types)
    overrides = {}
    if draw.random() < 0.4:
        overrides["pools"] = {pool.name: _pool(draw) for pool in STAGES[stage].pools if draw.random() < 0.7}
    if draw.random() < 0.3:
        overrides["django"] = _django(draw)
    if overrides:
        keys["overrides"] = overrides
    if draw.random() < 0.2:
        keys["monitoring"] = {"grafana": True}
    return keys


def drawn_plans(count, seed):
    """So many stack files that can be planned, with their plans; the same ones for the same seed."""
    draw = random.Random(seed)  # noqa: S311  no secret
    made = []
    while len(made) < count:
        keys = draw_keys(draw)
        try:
            plan = plan_for(parse_config({f"stagecoach:{key}": value for key, value in keys.items()}, title="drawn"))
        except ConfigError:
            continue  # a pin that the region does not sell, say: no plan, nothing to compare
        made.append((keys, plan))
    return made
