"""Time scaled down, so that an alert can be rehearsed in minutes; a speed of 1 changes nothing."""

from __future__ import annotations

import re

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_DURATION = re.compile(r"(\d+)([smhd])")
# A range, a subquery's range, an offset.  Its step, after the colon, is a duration like `for`.
_WINDOW = re.compile(r"(?P<before>\[|\boffset )(?P<window>\d+[smhd])(?::(?P<step>\d+[smhd]))?")
# cAdvisor measures every 10 to 15 s, whoever asks how often: a shorter range holds no two of its measurements.
LEAST_WINDOW = 30
# How often is read and evaluated at most: on a server under load cAdvisor takes more than a second to answer.
LEAST_INTERVAL = 5


def faster(duration: str, speed: int, *, least: int = 1) -> str:
    """A duration such as 5m, divided; whole seconds, at least one, and nothing stays nothing."""
    found = _DURATION.fullmatch(duration)
    if found is None:
        raise ValueError(f"{duration} is no duration such as 5m")
    seconds = int(found[1]) * _SECONDS[found[2]]
    return duration if speed == 1 or seconds == 0 else f"{max(seconds // speed, least)}s"


def faster_expression(expression: str, speed: int) -> str:
    """Its ranges, steps and offsets, divided; amounts stay what they are."""

    def replaced(found: re.Match[str]) -> str:
        window = faster(found["window"], speed, least=LEAST_WINDOW)
        step = f":{faster(found['step'], speed, least=LEAST_INTERVAL)}" if found["step"] else ""
        return f"{found['before']}{window}{step}"

    return _WINDOW.sub(replaced, expression)


def faster_seconds(seconds: int, speed: int, *, least: int = 1) -> int:
    """An amount of an expression that says how long something lasts."""
    return max(seconds // speed, least)
