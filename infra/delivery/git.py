"""Run the few git commands that a comparison needs."""

from __future__ import annotations

import subprocess

from infra.errors import ConfigError, Problem


def base_of(revision: str) -> str:
    """Return the commit where this branch left `revision`, so that later merges by others don't count as our changes.

    Raises:
        ConfigError: git does not know the revision, or has no history in common with it.
    """
    done = _git("merge-base", "--end-of-options", revision, "HEAD")
    if done.returncode:
        problem = Problem(
            path="BASE",
            value=revision,
            allowed=(done.stderr.strip() or "a commit that this branch comes from").removeprefix("fatal: "),
            hint="Fetch it: `git fetch origin main`, in a workflow `fetch-depth: 0`",
        )
        raise ConfigError("there is nothing to compare with", [problem])
    return done.stdout.strip()


def show(revision: str, path: str) -> str | None:
    """Return a file's text in a commit; None if the commit does not have the file."""
    done = _git("show", "--end-of-options", f"{revision}:./{path}")
    return done.stdout if done.returncode == 0 else None


def changed_files(revision: str) -> tuple[str, ...]:
    """Return the paths that differ between a commit and the working tree, new files included."""
    tracked = _git("diff", "--name-only", "--no-renames", "--relative", "--end-of-options", revision)
    new = _git("ls-files", "--others", "--exclude-standard")
    return tuple(sorted({*tracked.stdout.splitlines(), *new.stdout.splitlines()}))


def _git(*arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        # Bytes that are not UTF-8 survive as surrogates. The reader of stack files then reports them with their place.
        return subprocess.run(
            ["git", *arguments], capture_output=True, text=True, errors="surrogateescape", check=False, timeout=60
        )
    except FileNotFoundError:
        problem = Problem(path="git", value="", allowed="the program `git` on PATH", hint="Install it")
        raise ConfigError("git is missing", [problem]) from None
