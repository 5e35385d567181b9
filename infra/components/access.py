"""Make the deployment's keys: deploy keys to log in with, and host keys that servers prove themselves with."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_tls as tls
import yaml
from pulumi_command import remote

from infra.names import deploy_key_suffix


@dataclass(frozen=True, kw_only=True)
class AccessArgs:
    """Hold the inputs of `Access`."""

    deployment: str
    celery_servers: bool = False
    deploy_keys: tuple[int, ...] = (1,)  # the first one is used


class Access(pulumi.ComponentResource):
    """Make the deploy keys, and a host key, so that even the first connection can check the server."""

    public_key: pulumi.Output[str]  # of the deploy key that is used
    public_keys: list[pulumi.Output[str]]  # of all deploy keys, the used one first
    host_key: pulumi.Output[str]  # the public half
    user_data: pulumi.Output[str]
    celery_user_data: pulumi.Output[str] | None
    celery_host_key: pulumi.Output[str] | None  # the public half

    def __init__(self, name: str, args: AccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:access:Access", name, None, opts)
        kept = pulumi.ResourceOptions(parent=self, protect=True)
        keys = [self._deploy_key(name, number, used=not index) for index, number in enumerate(args.deploy_keys)]
        host = tls.PrivateKey(f"{name}-host-key", algorithm="ED25519", opts=kept)
        self.public_keys = [key.public_key_openssh for key in keys]
        self.public_key = self.public_keys[0]
        self._private_key = keys[0].private_key_openssh
        self.host_key = host.public_key_openssh
        self.user_data = pulumi.Output.all(host.private_key_openssh, host.public_key_openssh, *self.public_keys).apply(
            lambda keys: render_user_data(args.deployment, *keys)
        )
        self.celery_host_key = None
        self.celery_user_data = self._celery(name) if args.celery_servers else None
        self.register_outputs({"public_key": self.public_key})

    def _deploy_key(self, name: str, number: int, *, used: bool) -> tls.PrivateKey:
        """Make a deploy key; only the used one is protected, so that another can be removed from the stack file."""
        options = pulumi.ResourceOptions(parent=self, protect=used)
        return tls.PrivateKey(f"{name}-deploy-key{deploy_key_suffix(number)}", algorithm="ED25519", opts=options)

    def _celery(self, name: str) -> pulumi.Output[str]:
        """Make a host key that all Celery servers share: an attacker on one of them can't pose as the main server."""
        host = tls.PrivateKey(f"{name}-celery-host-key", algorithm="ED25519", opts=pulumi.ResourceOptions(parent=self))
        self.celery_host_key = host.public_key_openssh
        return pulumi.Output.all(host.private_key_openssh, host.public_key_openssh, *self.public_keys).apply(
            lambda keys: render_user_data(None, *keys)
        )

    def connection(self, host: pulumi.Input[str]) -> remote.ConnectionArgs:
        """Return an SSH connection to the main server that refuses any other host key."""
        return remote.ConnectionArgs(
            host=host,
            user="root",
            private_key=self._private_key,
            host_key=self.host_key,
            dial_error_limit=60,
            per_dial_timeout=15,
        )

    def connection_behind(self, server: pulumi.Input[str], host: pulumi.Input[str]) -> remote.ConnectionArgs:
        """Return an SSH connection to a Celery server through the main server; both host keys are checked."""
        return remote.ConnectionArgs(
            host=host,
            user="root",
            private_key=self._private_key,
            host_key=self.celery_host_key,
            dial_error_limit=60,
            per_dial_timeout=15,
            proxy=remote.ProxyConnectionArgs(
                host=server,
                user="root",
                private_key=self._private_key,
                host_key=self.host_key,
                dial_error_limit=60,
                per_dial_timeout=15,
            ),
        )


def render_user_data(hostname: str | None, host_private: str, host_public: str, *deploy_public: str) -> str:
    """Return the cloud-config of the first boot.

    Nothing in it may depend on the stage, because a change replaces the server. The host key is the only secret; pods
    can't read it, because the metadata service is closed to them.

    Args:
        hostname: the server's name; None: the provider's name for it.
        host_private: the private host key.
        host_public: the public host key.
        deploy_public: the public deploy keys.
    """
    content = {
        **({"hostname": hostname} if hostname else {}),
        "ssh_deletekeys": True,
        "ssh_keys": {"ed25519_private": host_private, "ed25519_public": host_public.strip()},
        "ssh_authorized_keys": [one.strip() for one in deploy_public],
        "disable_root": False,
        "ssh_pwauth": False,
        "package_update": False,
        # Vultr's Debian image turns ufw on, which drops everything but SSH. The provider's firewall does this work
        # instead.
        "runcmd": ["if command -v ufw >/dev/null; then ufw --force disable; fi"],
    }
    return "#cloud-config\n" + yaml.safe_dump(content, sort_keys=True)
