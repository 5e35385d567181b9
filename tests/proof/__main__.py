"""`make proof`: run the parts that are not proved for the present content, beside each other, and say how all stand."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer

from tests.proof.content import commit, content_key
from tests.proof.memory import Memory, Record
from tests.proof.parts import PROOFS, Proof
from tests.proof.schedule import run_all
from tests.proof.table import print_list, print_verdict
from tests.suite.running import Outcome, run_part
from tests.suite.summary import machine

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def chosen(names: str) -> list[Proof]:
    """The parts of a comma-separated list; all if it is empty.

    Raises:
        typer.BadParameter: a name is none of theirs.
    """
    known = {one.name: one for one in PROOFS}
    asked = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in asked if name not in known]
    if unknown:
        raise typer.BadParameter(f"no such part: {', '.join(unknown)}. The parts are {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(asked)] if asked else list(PROOFS)


class Run:
    """One run over some parts."""

    def __init__(self, proofs: Sequence[Proof], memory: Memory) -> None:
        self.proofs, self.memory = proofs, memory
        self.keys = {one.name: content_key(one) for one in proofs}
        self.commit = commit()
        self.left_out: dict[str, str] = {}
        self.fresh: set[str] = set()
        self.red: list[str] = []

    def proved(self) -> dict[str, Record]:
        """What is remembered as passed for this content."""
        found = {name: self.memory.proved(name, key) for name, key in self.keys.items()}
        return {name: one for name, one in found.items() if one}

    def last(self) -> dict[str, Record]:
        """The last run of each part, on whatever content."""
        found = {one.name: self.memory.last(one.name) for one in self.proofs}
        return {name: one for name, one in found.items() if one}

    def go(self, jobs: int) -> int:
        """Prove what is not proved yet; 0 if all is."""
        known, last = self.proved(), self.last()
        for name in known:
            print(f"{name}: proved for this content on {known[name].when}, at {known[name].commit}", flush=True)
        missing = [one for one in self.proofs if one.name not in known]
        # The longest first: what is left at the end is short.
        missing.sort(key=lambda one: -last[one.name].seconds if one.name in last else -1e9)
        for proof, outcome in run_all(missing, _show, jobs=jobs):
            self._keep(proof, outcome)
        for line in self.red:
            print(f"failed: {line}")
        found = {name: one for name, one in self.last().items() if one.key == self.keys[name]}
        print_verdict(self.proofs, found, self.fresh, self.left_out)
        proved = self.proved()
        open_ = [one.name for one in self.proofs if one.name not in proved and one.name not in self.left_out]
        return int(bool(open_) or (bool(self.left_out) and bool(os.environ.get("CI"))))

    def _keep(self, proof: Proof, outcome: Outcome) -> None:
        """Remember at once: a run that is interrupted goes on with the others."""
        if outcome.left_out:
            self.left_out[proof.name] = outcome.left_out
            return
        self.red += outcome.red
        if content_key(proof) != self.keys[proof.name]:
            self.red.append(f"{proof.name}: its files changed while it ran; run it again")
            return
        self.fresh.add(proof.name)
        record = Record(
            key=self.keys[proof.name],
            passed=outcome.green and outcome.passed > 0 and outcome.skipped == 0,
            when=datetime.now().astimezone().strftime("%Y-%m-%d %H:%M"),
            commit=self.commit,
            seconds=round(outcome.seconds, 1),
            counts=(outcome.passed, outcome.failed, outcome.skipped),
        )
        self.memory.keep(proof.name, record)
        print(f"== {proof.name}: {'passed' if record.passed else 'FAILED'} after {outcome.seconds:.0f} s", flush=True)


def _show(proof: Proof) -> Outcome:
    return run_part(proof.part, f"[{proof.name}] ")


@app.command()
def main(
    *,
    part: Annotated[str, typer.Option(help="Names of parts, separated by commas; all if left out.")] = "",
    list_: Annotated[bool, typer.Option("--list", help="Show the parts instead of running them.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget first what passed.")] = False,
    jobs: Annotated[int, typer.Option(min=1, help="How many parts at once, at most.")] = 3,
) -> None:
    """Run the long proofs that this content has not passed yet."""
    proofs, memory = chosen(part), Memory()
    if fresh:
        for one in proofs:
            memory.forget(one.name)
    run = Run(proofs, memory)
    if list_:
        print_list(proofs, run.last(), run.proved())
        return
    print(machine(), flush=True)
    sys.exit(run.go(jobs))


if __name__ == "__main__":
    app()
