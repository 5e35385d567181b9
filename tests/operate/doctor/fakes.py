"""A Pulumi CLI with given answers."""

import json
from pathlib import Path


class FakeCli:
    """`answers` by the command's first words; text is what a failed command complains about."""

    def __init__(self, answers=None, *, program="/usr/bin/pulumi", host="/usr/bin/pulumi-language-python"):
        self.answers, self.program, self.host = answers or {}, program, host

    def run(self, *arguments):
        answer = self.answers[" ".join(one for one in arguments if not one.startswith("-"))]
        return (0, answer, "")

    def json(self, *arguments):
        words = [one for one in arguments if not one.startswith("-")]
        answer = next(value for key, value in self.answers.items() if words[: len(key.split())] == key.split())
        return (None, answer) if isinstance(answer, str) else (answer, "")

    def language_host(self):
        return Path(self.host) if self.host else None


def brief(checks):
    """Names and statuses."""
    return [(one.name, str(one.status)) for one in checks]


def said(checks):
    """Everything that is printed."""
    return json.dumps([(one.found, one.mend) for one in checks])
