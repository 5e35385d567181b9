"""Which metrics expressions read."""

import json
import re

from infra.alerts.dashboards import dashboards
from tests.alerts.promtool import rules_of
from tests.plans import stage_plan

STAGES = (1, 2, 3, 4, 5)
# What is no metric: strings, selectors, ranges, offsets, the labels of a grouping.
_NOISE = (r'"[^"]*"', r"\{[^}]*\}", r"\[[^\]]*\]", r"offset \w+", r"\b(by|on|without|ignoring) \([^)]*\)")
_WORD = re.compile(r"\b[a-zA-Z_:][a-zA-Z0-9_:]*\b(?!\s*\()")
_KEYWORDS = {"and", "or", "unless", "bool", "by", "on"}


def names_in(expression):
    for pattern in _NOISE:
        expression = re.sub(pattern, " ", expression)
    return set(_WORD.findall(expression)) - _KEYWORDS


def panels_of(stage):
    """Every panel of every dashboard."""
    return [panel for text in dashboards(stage_plan(stage)).values() for panel in json.loads(text)["panels"]]


def expressions():
    """Of every rule and every panel."""
    rules = [rule["expr"] for stage in STAGES for rule in rules_of(stage)]
    return [*rules, *(target["expr"] for stage in STAGES for panel in panels_of(stage) for target in panel["targets"])]


def used(prefix):
    """Metrics with that prefix that anything reads."""
    return {name for text in expressions() for name in names_in(text) if name.startswith(prefix)}
