"""Define the keys of a stack file under `stagecoach:`."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field, field_validator, model_validator

from infra.clouds import CLOUDS, Provider
from infra.stack_file import change
from infra.stack_file.alerts_config import AlertsConfig, MonitoringConfig
from infra.stack_file.aliases import twice
from infra.stack_file.app_config import AppConfig
from infra.stack_file.catalog_config import CatalogConfig
from infra.stack_file.deploy_keys import DeployKeys
from infra.stack_file.domains import Domain, Domains, domain_problems
from infra.stack_file.environment import Environment
from infra.stack_file.guard_config import GuardException
from infra.stack_file.k3s_config import K3sConfig
from infra.stack_file.overrides import StageOverrides
from infra.stack_file.registry_config import RegistryConfig
from infra.stack_file.strict import Between, BetweenFieldsError, StrictModel
from infra.stack_file.values.addresses import IssuerContact
from infra.stack_file.values.image_reference import image_problem, parse_image
from infra.stack_file.values.limits import MOST_CUSTOMERS
from infra.stack_file.values.networks import (
    AdminNetworks,
    ReachedNetworks,
    admin_problems,
    egress_problems,
)
from infra.stack_file.values.public_key import PublicKey
from infra.stack_file.values.quantities import MoneyField
from infra.versions import IMAGES
from stacks import LAST

_MIRRORS = "docs/how-to/mirrors.md has examples"
_LABEL = r"^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$"


class CeleryServers(StrictModel):
    """This section sets the number and the type of the servers that only run Celery."""

    count: int | None = Field(
        default=None, ge=0, le=20, description="how many; 0: workers run on the server; left out: what the plan needs"
    )
    instance_type: str | None = Field(default=None, description="their type; the first that fits if left out")

    @model_validator(mode="after")
    def _says_something(self) -> CeleryServers:
        if self.count is None and self.instance_type is None:
            raise ValueError("name count, instance_type or both")
        return self


class StackConfig(StrictModel):
    """A stack file describes one deployment of the shop."""

    name: str = Field(
        pattern=_LABEL,
        description="the deployment's name; all cloud resources carry it",
        json_schema_extra=change.FIXED,
    )
    provider: Provider = Field(description="the cloud", json_schema_extra=change.FIXED)
    region: str = Field(
        description="the provider's region or location, as the catalog lists them", json_schema_extra=change.FIXED
    )
    stage: int | None = Field(
        default=None, ge=1, le=LAST, description="the customer tier", json_schema_extra=change.RESIZES
    )
    customers: int | None = Field(
        default=None,
        ge=0,
        le=MOST_CUSTOMERS,
        description="number of customers, in place of `stage`",
        json_schema_extra=change.RESIZES,
    )
    image: str = Field(description="the app's container image with a tag or digest", json_schema_extra=change.ROLLS_APP)
    domain: Domain | None = Field(
        default=None,
        description="host name of the shop, as `shop.example.com` or `магазин.рф`; turns on TLS",
        json_schema_extra=change.ROLLS_WEB,
    )
    domains: Domains = Field(
        default=(),
        description="several host names, in place of `domain`: the first is the shop's address, the others are "
        "redirected to it; each gets a certificate",
        json_schema_extra=change.ROLLS_WEB,
    )
    acme_email: IssuerContact | None = Field(
        default=None, description="contact for certificates", json_schema_extra=change.NOTHING_RESTARTS
    )
    admin_cidrs: AdminNetworks = Field(
        min_length=1,
        description="networks that may reach SSH and the Kubernetes API",
        json_schema_extra=change.NOTHING_RESTARTS,
    )
    public_admin: bool = Field(
        default=False,
        description="allow admin_cidrs to contain the whole internet",
        json_schema_extra=change.NOTHING_RESTARTS,
    )
    egress_cidrs: ReachedNetworks = Field(
        default=(),
        description="private networks that web pods, workers and alerts may reach, as a database in a VPC; without "
        "it they reach the internet and nothing private",
        json_schema_extra=change.NOTHING_RESTARTS,
    )
    authorized_keys: tuple[PublicKey, ...] = Field(
        default=(), description="SSH public keys of people", json_schema_extra=change.NOTHING_RESTARTS
    )
    deploy_keys: DeployKeys = Field(
        default=(1,),
        description="numbers of the SSH keys that updates log in with: the first is used, a second may log in as well",
        json_schema_extra=change.NOTHING_RESTARTS,
    )
    instance_type: str | None = Field(
        default=None, description="pin of the server's type; proved or refused", json_schema_extra=change.RESIZES
    )
    budget: MoneyField | None = Field(
        default=None,
        description="most that a month may cost, in the provider's currency and without VAT; above it is refused",
        json_schema_extra=change.LIMITS,
    )
    catalog: CatalogConfig = Field(
        default_factory=CatalogConfig,
        description="what this stack knows better than the catalog",
        json_schema_extra=change.RESIZES,
    )
    volume_size_gib: int | None = Field(
        default=None, ge=10, le=10_000, description="data volume; can only grow", json_schema_extra=change.GROWS
    )
    delete_protection: bool = Field(
        default=True,
        description="the cloud itself refuses to delete the server and its parts, where it can",
        json_schema_extra=change.NOTHING_RESTARTS,
    )
    celery_servers: CeleryServers | None = Field(
        default=None, description="servers of their own for Celery", json_schema_extra=change.CELERY_SERVERS
    )
    overrides: StageOverrides = Field(
        default_factory=StageOverrides, description="changes to the stage", json_schema_extra=change.ROLLS
    )
    images: dict[str, str] = Field(
        default_factory=dict, description="images by name: a mirror or a digest", json_schema_extra=change.DATA_TOO
    )
    k3s: K3sConfig = Field(default_factory=K3sConfig, description="which k3s", json_schema_extra=change.RESTARTS_K3S)
    app: AppConfig = Field(
        default_factory=AppConfig, description="the app in the image", json_schema_extra=change.ROLLS_APP
    )
    env: Environment = Field(
        default_factory=dict, description="more environment variables of the app", json_schema_extra=change.ROLLS_APP
    )
    rollout_minutes: int = Field(
        default=5,
        ge=2,
        le=120,
        description="how long an update waits for a workload's pods; the migration has a minute less",
        json_schema_extra=change.NOTHING_RESTARTS,
    )
    registry: RegistryConfig | None = Field(
        default=None, description="private registry of the image", json_schema_extra=change.ROLLS_APP
    )
    alerts: AlertsConfig = Field(
        default_factory=AlertsConfig, description="where alerts go", json_schema_extra=change.MONITORING
    )
    monitoring: MonitoringConfig = Field(
        default_factory=MonitoringConfig,
        description="what runs beside Prometheus",
        json_schema_extra=change.MONITORING,
    )
    guard_exceptions: tuple[GuardException, ...] = Field(
        default=(),
        description="what `python -m infra guard` lets pass, once",
        json_schema_extra=change.NOTHING,
    )
    allow_second: bool = Field(
        default=False,
        description="build although the provider has a server of this name: a second, empty deployment",
        json_schema_extra=change.FIRST_UPDATE,
    )
    kubeconfig_epoch: int = Field(
        default=1,
        ge=1,
        description="raise it to renew the kubeconfig's certificate",
        json_schema_extra=change.RESTARTS_K3S,
    )

    @field_validator("images")
    @classmethod
    def _are_known_images(cls, value: dict[str, str]) -> dict[str, str]:
        unknown = f"no such image; there are {', '.join(sorted(IMAGES))}"
        problems = [
            Between(path=f"images.{name}", value=one, allowed=problem, needs=(f"images.{name}",), hint=_MIRRORS)
            for name, one in value.items()
            if (problem := image_problem(name, one) if name in IMAGES else unknown)
        ]
        if problems:
            raise BetweenFieldsError(problems)
        return value

    @field_validator("image")
    @classmethod
    def _is_an_image(cls, value: str) -> str:
        parse_image(value)
        return value

    @model_validator(mode="after")
    def _between_fields(self) -> StackConfig:
        problems = [*self._stage_problems(), *self._place_problems()]
        cloud = CLOUDS[self.provider]
        problems += admin_problems(self.admin_cidrs, cloud, public=self.public_admin)
        problems += egress_problems(self.egress_cidrs, cloud.servers_network(self.name))
        problems += domain_problems(self.domain, self.domains, self.acme_email)
        problems += twice(self.app.aliases, self.env)
        if problems:
            raise BetweenFieldsError(problems)
        return self

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return the shop's host names, its address first, or an empty tuple if it is reached by IP address."""
        return self.domains or ((self.domain,) if self.domain else ())

    @property
    def host(self) -> str | None:
        """Return the host name that is the shop's address, or None if it has none."""
        return self.hosts[0] if self.hosts else None

    def _stage_problems(self) -> Iterator[Between]:
        if (self.stage is None) == (self.customers is None):
            allowed = "set exactly one of stage and customers"
            value = "" if self.stage is None else str(self.stage)
            yield Between(path="stage", value=value, allowed=allowed, needs=("stage", "customers"))

    def _place_problems(self) -> Iterator[Between]:
        known = CLOUDS[self.provider].catalog.regions
        if self.region not in known:
            allowed = f"one of {self.provider}'s: {', '.join(known)}"
            yield Between(path="region", value=self.region, allowed=allowed, needs=("region", "provider"))
        names = {row.name for row in CLOUDS[self.provider].catalog.instance_types}
        pins = {"instance_type": self.instance_type}
        if self.celery_servers:
            pins["celery_servers.instance_type"] = self.celery_servers.instance_type
        pins |= {f"catalog.{path}": name for path, name in self.catalog.names.items()}
        allowed = f"one of the catalog of {self.provider}: {', '.join(sorted(names))}"
        for field, pin in pins.items():
            if pin is not None and pin not in names:
                yield Between(path=field, value=pin, allowed=allowed, needs=(field, "provider"))
