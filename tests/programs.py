"""The whole program under mocks, for tests of every room."""

import functools

import pulumi

from infra.program.program import outputs_of_this_stack
from tests.mocks import graph

CONFIG = {
    "stagecoach:name": "shop",
    "stagecoach:provider": "hetzner",
    "stagecoach:region": "nbg1",
    "stagecoach:image": "registry.example/shop:1",
    "stagecoach:admin_cidrs": ["203.0.113.0/24"],
}


def program():
    for key, value in outputs_of_this_stack().items():
        pulumi.export(key, value)


@functools.cache
def run(stage, *, preview=False):
    return graph(program, preview=preview, config={**CONFIG, "stagecoach:stage": stage})
