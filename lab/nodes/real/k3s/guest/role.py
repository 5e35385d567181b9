"""What `k3s server` and `k3s agent` have in common: a run from reading the config to ending the children."""

from __future__ import annotations

from lab.nodes.real.k3s.guest import log, machine
from lab.nodes.real.k3s.guest.children import Children
from lab.nodes.real.k3s.guest.config import Config, read_config
from lab.nodes.real.k3s.guest.layout import LOGS, Layout
from lab.nodes.real.k3s.guest.lifecycle import Lifecycle

AGAIN_SECONDS = 5  # until a refused node asks again, as k3s does


class Role:
    """One run; `KIND` is the word behind `k3s`."""

    KIND: str

    def __init__(self, config: Config) -> None:
        self.config = config
        self.layout = Layout(config.data_dir)
        self.children = Children(LOGS, machine.environment())
        self.lifecycle = Lifecycle(self.children)

    @classmethod
    def main(cls) -> None:
        """Reads the config and runs until a signal.

        Raises:
            StoppedError: the signal came.
            RefusalError: something does not let k3s start, or a child ended.
        """
        config = read_config(cls.KIND)
        config.data_dir.mkdir(parents=True, exist_ok=True)
        log.info(f"Starting k3s {cls.KIND} on {config.node_name}; the lab's stand-in, not Rancher's k3s")
        machine.require_programs()
        role = cls(config)
        try:
            role.work()
        finally:
            role.children.stop()

    def work(self) -> None:
        """Starts everything, then waits for the signal."""
        raise NotImplementedError
