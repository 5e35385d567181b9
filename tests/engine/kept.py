"""The resources that no tier move may replace: they hold data or an address."""

KEPT = (
    "hcloud:index/",
    "pulumi:providers:kubernetes",
    "kubernetes:core/v1:Namespace::",
    "kubernetes:core/v1:PersistentVolumeClaim::",
    "kubernetes:apps/v1:StatefulSet::",
    "random:index/",
    "tls:index/",
)


def kept(resources):
    """Their URNs, of resources by URN."""
    return {urn for urn in resources if any(part in urn for part in KEPT)}


def lost(before, after):
    """URNs of those that are gone or have another id after a move."""
    return {urn for urn in kept(before) if before[urn] != after.get(urn)}
