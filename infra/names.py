"""Names that more than one part must agree on."""

NAMESPACE = "stagecoach"  # of the keys of a stack file
APP_NAMESPACE = "app"
MONITORING_NAMESPACE = "monitoring"
SYSTEM_NAMESPACE = "kube-system"

SERVER_ROLE = "server"
CELERY_ROLE = "celery"

POSTGRES = "postgres"
POSTGRES_BACKUP = "postgres-backup"
PGBOUNCER = "pgbouncer"
REDIS_BROKER = "redis-broker"
REDIS_CACHE = "redis-cache"
DJANGO = "django"
DJANGO_MIGRATE = "django-migrate"
CELERY_WORKER = "celery-worker"  # further pools append their name: celery-worker-slow
CELERY_BEAT = "celery-beat"
QUEUE_EXPORTER = "queue-exporter"
PROMETHEUS = "prometheus"
NODE_EXPORTER = "node-exporter"
GRAFANA = "grafana"
# Receivers that the rendered Alertmanager config has itself.
NOBODY_RECEIVER, HEARTBEAT_RECEIVER = "nobody", "heartbeat"

# The label that every cloud resource carries; the look-up of design 4 searches for it.
DEPLOYMENT_LABEL = "stagecoach-deployment"
CLOUD_ROLE_LABEL = "stagecoach-role"  # on Celery servers: they hold no data, the look-up passes over them
# Logical names in the state; the program finds its past under them.
SERVER_RESOURCE = "server-server"
CELERY_SERVERS_COMPONENT = "celery-servers"
CELERY_SERVER_RESOURCE = f"{CELERY_SERVERS_COMPONENT}-1-server"
VOLUME_RESOURCE = "server-data"
K3S_INSTALL_RESOURCE = "k3s-install"
AUTHORIZED_KEYS_COMMAND = r"authorized-keys(-celery-\d+)?-file"  # a pattern: one for each server
COMPONENT_LABEL = "app.kubernetes.io/component"  # on pods; all pools of workers are one component
ROLE_LABEL = "stagecoach.dev/role"  # on nodes: server or celery
PATCH_FORCE = "pulumi.com/patchForce"  # the Kubernetes provider takes fields from other owners (ADR 0023)

# On the server
DATA_MOUNT = "/var/lib/stagecoach"  # the data volume
METRICS_FOLDER = "/var/lib/stagecoach-metrics"  # what a server says of itself; node-exporter reads it
MARKER_FILE = "/var/lib/stagecoach/.stagecoach-deployment"
K3S_CONFIG = "/etc/rancher/k3s/config.yaml"
AUDIT_POLICY = "/etc/rancher/k3s/audit-policy.yaml"
K3S_AUDIT_LOG = "/var/lib/stagecoach/k3s/server/logs/audit.log"
K3S_KUBECONFIG = "/etc/rancher/k3s/k3s.yaml"
K3S_MANIFESTS = "/var/lib/stagecoach/k3s/server/manifests"


def deploy_key_suffix(number: int) -> str:
    """What tells the deploy keys' resources apart; the first has the name of when there was one."""
    return "" if number == 1 else f"-{number}"


def deploy_key_resource(number: int) -> str:
    """The logical name of a deploy key."""
    return f"access-deploy-key{deploy_key_suffix(number)}"


def stack_path(stack: str) -> str:
    """The stack file of a stack, as Pulumi names it."""
    return f"Pulumi.{stack}.yaml"


def cloud_labels(deployment: str, role: str | None = None) -> dict[str, str]:
    """The labels of a cloud resource; only Celery servers have a role."""
    return {DEPLOYMENT_LABEL: deployment} | ({CLOUD_ROLE_LABEL: role} if role else {})


def cloud_tags(deployment: str, role: str | None = None) -> list[str]:
    """The same where a cloud has tags in place of labels: DigitalOcean takes letters, digits, `:`, `-` and `_`."""
    return [f"{key}:{value}" for key, value in cloud_labels(deployment, role).items()]


def labels(name: str, component: str | None = None) -> dict[str, str]:
    """The labels of a workload's objects: the name is its selector, network policies go by the component."""
    return {
        "app.kubernetes.io/name": name,
        COMPONENT_LABEL: component or name,
        "app.kubernetes.io/part-of": "stagecoach",
    }


def selector(name: str) -> dict[str, str]:
    """The label that selects a workload's pods; never changes, a Deployment's selector is immutable."""
    return {"app.kubernetes.io/name": name}
