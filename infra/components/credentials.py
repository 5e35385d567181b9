"""Generate secrets once, and keep them encrypted in the state."""

from __future__ import annotations

import pulumi
import pulumi_random as random

_LENGTH = 40


class Credentials(pulumi.ComponentResource):
    """Generate passwords of letters and digits only, because they become parts of URLs."""

    postgres: pulumi.Output[str]
    postgres_exporter: pulumi.Output[str]
    postgres_backup: pulumi.Output[str]
    redis_broker: pulumi.Output[str]
    redis_broker_exporter: pulumi.Output[str]
    redis_broker_admin: pulumi.Output[str]
    redis_cache: pulumi.Output[str]
    redis_cache_exporter: pulumi.Output[str]
    redis_cache_admin: pulumi.Output[str]
    django: pulumi.Output[str]
    # This one is made even without Grafana: a protected secret can't be deleted when Grafana is switched off
    grafana: pulumi.Output[str]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:app:Credentials", name, None, opts)
        self.postgres = self._password(f"{name}-postgres")
        self.postgres_exporter = self._password(f"{name}-postgres-exporter")
        self.postgres_backup = self._password(f"{name}-postgres-backup")
        self.redis_broker = self._password(f"{name}-redis-broker")
        self.redis_broker_exporter = self._password(f"{name}-redis-broker-exporter")
        self.redis_broker_admin = self._password(f"{name}-redis-broker-admin")
        self.redis_cache = self._password(f"{name}-redis-cache")
        self.redis_cache_exporter = self._password(f"{name}-redis-cache-exporter")
        self.redis_cache_admin = self._password(f"{name}-redis-cache-admin")
        self.django = self._password(f"{name}-django")
        self.grafana = self._password(f"{name}-grafana")
        self.register_outputs({})

    def _password(self, name: str) -> pulumi.Output[str]:
        options = pulumi.ResourceOptions(parent=self, protect=True)
        return random.RandomPassword(name, length=_LENGTH, special=False, opts=options).result
