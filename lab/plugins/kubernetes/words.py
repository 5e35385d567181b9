"""pulumi-kubernetes' own words for what went wrong, so that pages can quote them."""

from __future__ import annotations

from lab.nodes.simulated.api import ApiError, Object

_CONFLICTS = (
    "https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/"
    "managing-resources-with-server-side-apply/#handle-field-conflicts-on-existing-resources"
)
_EXISTS = """

The resource already exists in the cluster. This can happen when:

  - Renaming a Pulumi resource: use an alias to preserve the identity,
    or use deleteBeforeReplace if the resource needs replacement.
  - Managing an existing resource: use a Patch resource (e.g. NamespacePatch)
    to manage specific fields without owning the resource lifecycle.
  - Adopting a resource into Pulumi: use `pulumi import`. Note that
    protected resources (e.g. kube-system) cannot be deleted on destroy.
  - Intentional upsert: set upsertExistingObjects on the provider to allow
    server-side apply to update existing objects on create."""
_RERUN = (
    "remove this resource from Pulumi state by rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE "
    'environment variable set to "true"'
)
NOT_READ = f"failed to read resource state due to unreachable cluster. If the cluster was deleted, you can {_RERUN}"
NOT_DELETED = f"configured Kubernetes cluster is unreachable. If the cluster was deleted, you can {_RERUN}"
FORGOTTEN = (
    "configured Kubernetes cluster is unreachable and the `deleteUnreachable` option is enabled. "
    "Deleting the unreachable resource from Pulumi state"
)
NOT_ASKED = (
    "configured Kubernetes cluster is unreachable and the `skipUnreachable` option is enabled. "
    "Returned data could not reflect the actual cluster configuration."
)
UNREADY_SKIPPED = "Cluster is unreachable, skipping replaceUnready check"
UNREADY_NOT_SUPPORTED = "replaceUnready annotation is not supported for this resource"


def unreachable(reason: str) -> str:
    """The cluster did not answer when the provider was configured."""
    return f"configured Kubernetes cluster is unreachable: {reason}"


def not_created(urn: str, manager: str, error: ApiError) -> str:
    """A creation that made nothing."""
    more = _EXISTS if error.reason == "AlreadyExists" else ""
    said = conflict(manager, error)
    return f'resource "{urn}" was not successfully created by the Kubernetes API server: {said}{more}'


def not_live(resource_id: str, error: object) -> str:
    """An update that was refused, in a preview as well."""
    return f'the Kubernetes API server reported that "{resource_id}" failed to fully initialize or become live: {error}'


def gone(urn: str, error: object) -> str:
    """An update of what does not exist any more."""
    return f'update of resource "{urn}" failed: {error}\nunable to get cluster state: {error}'


def conflict(manager: str, error: ApiError) -> str:
    """Fields that somebody else owns, in the API server's words; its other errors as they are."""
    if error.reason != "Conflict":
        return str(error)
    return (
        f"server-side apply field conflict detected, see {_CONFLICTS} for troubleshooting help\n"
        f'The resource managed by field manager "{manager}" had an apply conflict: {error}'
    )


def object_name(body: Object) -> str:
    """An object's kind, namespace and name for people."""
    return f"{body['kind']} {body['metadata'].get('namespace', '')}/{body['metadata']['name']}"
