"""Pin the images and programs that the stack runs; a stack file can override each of them."""

from __future__ import annotations

VERSION = "0.1.0"  # version of this program, the same as in pyproject.toml

# On 2026-11-30 each tag was in use in public repositories, and no newer one of its line was seen (no registry was
# asked). docker-library's own list also has postgres (library/postgres of official-images at 2026-08-21). A stack file
# overrides any image with `images:` (a mirror or a digest). No tag here floats: `postgres:17` moved to another base,
# which changed the order of text under indexes (docker-library/postgres#1356).
IMAGES: dict[str, str] = {
    "postgres": "docker.io/library/postgres:17.11-trixie",
    "redis": "docker.io/library/redis:8.2.10-bookworm",
    "postgres_exporter": "quay.io/prometheuscommunity/postgres-exporter:v0.19.1",
    "redis_exporter": "docker.io/oliver006/redis_exporter:v1.84.0",
    "prometheus": "quay.io/prometheus/prometheus:v3.13.4",
    "alertmanager": "quay.io/prometheus/alertmanager:v0.34.1",
    "node_exporter": "quay.io/prometheus/node-exporter:v1.12.1",
    "grafana": "docker.io/grafana/grafana:12.4.12",
    "pgbouncer": "docker.io/edoburu/pgbouncer:v1.25.2-p0",
}
# Major versions whose data and settings the program knows. Another major version cannot read the data on the volume.
MAJORS: dict[str, int] = {"postgres": 17, "redis": 8}

# The newest patch of its minor seen in public repositories on 2026-11-30. The lab runs Kubernetes 1.36, too.
K3S_VERSION = "v1.36.5+k3s1"
# Checksum of the amd64 binary: the line `k3s` of the release's sha256sum-amd64.txt. Several public repositories pinned
# it on 2026-11-30, all with the same value.
K3S_SHA256 = "d73847bcd3c5fccef0115b372e2f9a91f3032dc84bbf71518a4617565294d313"
# Minor versions of Kubernetes 1 with which the program was tested, each with its newest release seen on 2026-11-30. An
# update moves from one minor to the next. Other releases get their checksum from their own list.
K3S_STEPS: dict[int, str] = {33: "v1.33.13+k3s2", 34: "v1.34.12+k3s1", 35: "v1.35.9+k3s1", 36: K3S_VERSION}

DEBIAN = "12"  # the release that the first boot installs on servers

# The tests run with this engine (tools/pulumi/go.mod). An older one may lack a feature that the program uses.
PULUMI_VERSION = "3.259.0"
# The oldest supported and the newest tested Python, as in requires-python of pyproject.toml.
OLDEST_PYTHON = (3, 11)
NEWEST_PYTHON = (3, 13)
