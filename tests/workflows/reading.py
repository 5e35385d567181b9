"""The workflows as data, and their steps as programs."""

import re
import subprocess
from pathlib import Path

import yaml

from tests.waiting import patience

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / ".github" / "workflows"
NAMES = sorted(path.name for path in FOLDER.glob("*.yml"))
_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


def workflow(name):
    """A workflow; the key `on` is YAML's word for true."""
    content = yaml.safe_load((FOLDER / name).read_text())
    content["on"] = content.pop(True)
    return content


def steps(name, job):
    """The steps of a job."""
    return workflow(name)["jobs"][job]["steps"]


def resolve(value, contexts):
    """A value with its expressions replaced; one that the test does not know is a KeyError."""
    return _EXPRESSION.sub(lambda found: contexts[found[1]], str(value))


def run_step(name, job, step, *, folder, contexts, environment):
    """Runs one step's script as a runner does, with the environment of workflow, job and step."""
    declared = {**workflow(name)["jobs"][job].get("env", {}), **step.get("env", {})}
    values = {key: resolve(value, contexts) for key, value in declared.items()}
    script = folder / ".step.sh"
    script.write_text(step["run"])
    done = subprocess.run(
        ["bash", "-e", script],
        cwd=folder,
        env={**environment, **values},
        capture_output=True,
        text=True,
        check=False,
        timeout=patience(600),
    )
    script.unlink()
    return done
