"""Define the names that several parts of the project must agree on."""

NAMESPACE = "stagecoach"  # namespace of the keys of a stack file
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
# The rendered Alertmanager config always contains these receivers.
NOBODY_RECEIVER, HEARTBEAT_RECEIVER = "nobody", "heartbeat"

# Every cloud resource carries this label. The preflight asks the provider for servers with it, so that a stack without
# a state does not build a second shop (ADR 0009).
DEPLOYMENT_LABEL = "stagecoach-deployment"
# Marks Celery servers. They hold no data, so the preflight ignores them when it looks for an existing shop.
CLOUD_ROLE_LABEL = "stagecoach-role"
# Logical names in the state, under which the program finds the resources of earlier updates.
SERVER_RESOURCE = "server-server"
CELERY_SERVERS_COMPONENT = "celery-servers"
CELERY_SERVER_RESOURCE = f"{CELERY_SERVERS_COMPONENT}-1-server"
VOLUME_RESOURCE = "server-data"
K3S_INSTALL_RESOURCE = "k3s-install"
# A regular expression, because each server has a command of its own.
AUTHORIZED_KEYS_COMMAND = r"authorized-keys(-celery-\d+)?-file"
COMPONENT_LABEL = "app.kubernetes.io/component"  # on pods; all worker pools share one value
ROLE_LABEL = "stagecoach.dev/role"  # on nodes; its value is "server" or "celery"
PATCH_FORCE = "pulumi.com/patchForce"  # makes the Kubernetes provider take fields over from other owners (ADR 0023)

# Paths on the server.
DATA_MOUNT = "/var/lib/stagecoach"  # mount point of the data volume
# The server writes metrics about itself here, and node-exporter reads them.
METRICS_FOLDER = "/var/lib/stagecoach-metrics"
MARKER_FILE = "/var/lib/stagecoach/.stagecoach-deployment"
K3S_CONFIG = "/etc/rancher/k3s/config.yaml"
AUDIT_POLICY = "/etc/rancher/k3s/audit-policy.yaml"
K3S_AUDIT_LOG = "/var/lib/stagecoach/k3s/server/logs/audit.log"
K3S_KUBECONFIG = "/etc/rancher/k3s/k3s.yaml"
K3S_MANIFESTS = "/var/lib/stagecoach/k3s/server/manifests"


def deploy_key_suffix(number: int) -> str:
    """Return the suffix of a deploy key's resources; the first key has none, because it once was the only one.

    Args:
        number: The key's number in `deploy_keys` of the stack file.
    """
    return "" if number == 1 else f"-{number}"


def deploy_key_resource(number: int) -> str:
    """Return the logical name of a deploy key.

    Args:
        number: The key's number in `deploy_keys` of the stack file.
    """
    return f"access-deploy-key{deploy_key_suffix(number)}"


def stack_path(stack: str) -> str:
    """Return the name that Pulumi gives to the stack's file."""
    return f"Pulumi.{stack}.yaml"


def cloud_labels(deployment: str, role: str | None = None) -> dict[str, str]:
    """Return the labels of a cloud resource.

    Args:
        deployment: The deployment's name.
        role: CELERY_ROLE for a Celery server; other resources have no role.
    """
    return {DEPLOYMENT_LABEL: deployment} | ({CLOUD_ROLE_LABEL: role} if role else {})


def cloud_tags(deployment: str, role: str | None = None) -> list[str]:
    """Return the labels as tags; DigitalOcean's tags may contain letters, digits, `:`, `-` and `_`.

    Args:
        deployment: The deployment's name.
        role: CELERY_ROLE for a Celery server; other resources have no role.
    """
    return [f"{key}:{value}" for key, value in cloud_labels(deployment, role).items()]


def labels(name: str, component: str | None = None) -> dict[str, str]:
    """Return the labels of a workload's objects; selectors use the name, and network policies use the component.

    Args:
        name: The workload's name.
        component: The name that several workloads share; left out, it is the workload's own.
    """
    return {
        "app.kubernetes.io/name": name,
        COMPONENT_LABEL: component or name,
        "app.kubernetes.io/part-of": "stagecoach",
    }


def selector(name: str) -> dict[str, str]:
    """Return the label that selects a workload's pods; Kubernetes does not allow a Deployment's selector to change.

    Args:
        name: The workload's name.
    """
    return {"app.kubernetes.io/name": name}
