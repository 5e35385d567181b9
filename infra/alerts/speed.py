"""Shorten times so that an alert can be rehearsed in minutes; a speed of 1 changes nothing."""

from __future__ import annotations

import re

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_DURATION = re.compile(r"(\d+)([smhd])")
# This matches a range, the range of a subquery with its step, or an offset.
_WINDOW = re.compile(r"(?P<before>\[|\boffset )(?P<window>\d+[smhd])(?::(?P<step>\d+[smhd]))?")
# cAdvisor measures every 10 to 15 s, however often it is asked: a shorter range would not contain two measurements.
LEAST_WINDOW = 30
# The shortest interval between two readings or evaluations, in seconds: on a server under load, cAdvisor takes more
# than a second to answer.
LEAST_INTERVAL = 5


def faster(duration: str, speed: int, *, least: int = 1) -> str:
    """Divide a duration such as 5m.

    Args:
        duration: a number with s, m, h or d.
        speed: the divisor.
        least: the shortest result, in seconds.

    Returns:
        Whole seconds, such as 30s. A duration of 0 stays 0.

    Raises:
        ValueError: the text is not a duration.
    """
    found = _DURATION.fullmatch(duration)
    if found is None:
        raise ValueError(f"{duration} is no duration such as 5m")
    seconds = int(found[1]) * _SECONDS[found[2]]
    return duration if speed == 1 or seconds == 0 else f"{max(seconds // speed, least)}s"


def faster_expression(expression: str, speed: int) -> str:
    """Divide an expression's ranges, steps and offsets; other numbers stay."""

    def replaced(found: re.Match[str]) -> str:
        window = faster(found["window"], speed, least=LEAST_WINDOW)
        step = f":{faster(found['step'], speed, least=LEAST_INTERVAL)}" if found["step"] else ""
        return f"{found['before']}{window}{step}"

    return _WINDOW.sub(replaced, expression)


def faster_seconds(seconds: int, speed: int, *, least: int = 1) -> int:
    """Divide a number of seconds in an expression.

    Args:
        seconds: how long something lasts.
        speed: the divisor.
        least: the smallest result.
    """
    return max(seconds // speed, least)
