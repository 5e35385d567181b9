"""Define `python -m infra shell`."""

from __future__ import annotations

from infra.cli.run import Kubeconfig, Seconds, Stack, run_in_pod


def shell(*, stack: Stack = None, kubeconfig: Kubeconfig = None, seconds: Seconds = 14_400) -> None:
    """Open Django's shell in a pod of the app's, or run the Python that comes by a pipe; needs the engine."""
    run_in_pod(("python", "manage.py", "shell"), stack, kubeconfig, seconds)
