"""Keys of the deployment: who may log in, and which host answers."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_tls as tls
import yaml
from pulumi_command import remote

from infra.names import deploy_key_suffix


@dataclass(frozen=True, kw_only=True)
class AccessArgs:
    """Inputs of `Access`."""

    deployment: str
    celery_servers: bool = False
    deploy_keys: tuple[int, ...] = (1,)  # the one that is used first


class Access(pulumi.ComponentResource):
    """The deploy keys, and a host key made here so that the first connection is already pinned."""

    public_key: pulumi.Output[str]  # of the deploy key that is used
    public_keys: list[pulumi.Output[str]]  # of every deploy key, that one first
    host_key: pulumi.Output[str]  # the public one
    user_data: pulumi.Output[str]
    celery_user_data: pulumi.Output[str] | None
    celery_host_key: pulumi.Output[str] | None  # the public one

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
        """Only the one that is used is protected: the other one leaves by leaving the stack file."""
        options = pulumi.ResourceOptions(parent=self, protect=used)
        return tls.PrivateKey(f"{name}-deploy-key{deploy_key_suffix(number)}", algorithm="ED25519", opts=options)

    def _celery(self, name: str) -> pulumi.Output[str]:
        """A host key that all Celery servers share: who takes one of them over can't play the server."""
        host = tls.PrivateKey(f"{name}-celery-host-key", algorithm="ED25519", opts=pulumi.ResourceOptions(parent=self))
        self.celery_host_key = host.public_key_openssh
        return pulumi.Output.all(host.private_key_openssh, host.public_key_openssh, *self.public_keys).apply(
            lambda keys: render_user_data(None, *keys)
        )

    def connection(self, host: pulumi.Input[str]) -> remote.ConnectionArgs:
        """SSH to the server; another host key than ours is refused."""
        return remote.ConnectionArgs(
            host=host,
            user="root",
            private_key=self._private_key,
            host_key=self.host_key,
            dial_error_limit=60,
            per_dial_timeout=15,
        )

    def connection_behind(self, server: pulumi.Input[str], host: pulumi.Input[str]) -> remote.ConnectionArgs:
        """SSH to a Celery server's private address by way of the server; both host keys are pinned."""
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
    """The cloud-config of the first boot; nothing in it depends on the stage: a change would replace the server.

    The host key is the only secret; pods cannot read it, the metadata service is closed to them.  Without a hostname
    the provider's name of the server is taken.
    """
    content = {
        **({"hostname": hostname} if hostname else {}),
        "ssh_deletekeys": True,
        "ssh_keys": {"ed25519_private": host_private, "ed25519_public": host_public.strip()},
        "ssh_authorized_keys": [one.strip() for one in deploy_public],
        "disable_root": False,
        "ssh_pwauth": False,
        "package_update": False,
        # Vultr's Debian image has ufw on and drops all but SSH; the provider's firewall is the one that counts.
        "runcmd": ["if command -v ufw >/dev/null; then ufw --force disable; fi"],
    }
    return "#cloud-config\n" + yaml.safe_dump(content, sort_keys=True)
