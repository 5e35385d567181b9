"""A deployment whose program has no cluster, for what providers do to servers and volumes."""

import shutil

from lab.paths import REPOSITORY
from tests.engine.deployment import Deployment

# Package, kind of a server, where its type stands.
SERVERS = {
    "hetzner": ("hcloud", "server", "serverType"),
    "digitalocean": ("digitalocean", "droplet", "size"),
    "vultr": ("vultr", "instance", "plan"),
}


class ServersOnly(Deployment):
    """Under the real CLI, as the whole one."""

    def __init__(self, name, provider):
        super().__init__(name, provider)
        entry = self.workspace.folder / "__main__.py"
        entry.unlink()  # a link to the checkout
        shutil.copyfile(REPOSITORY / "tests" / "engine" / "servers_program.py", entry)

    def try_up(self):
        """An update that may fail."""
        return self.pulumi("up", "--yes", "--skip-preview", "--suppress-outputs")


def cloud_of(deployment):
    """The emulated cloud."""
    return deployment.lab.server.packages[SERVERS[deployment.provider][0]].cloud


def size(deployment):
    """What the cloud itself has."""
    _, kind, key = SERVERS[deployment.provider]
    (found,) = cloud_of(deployment).store.all(kind).values()
    return found[key]
