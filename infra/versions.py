"""Images and programs that the stack runs: one place, each overridable per stack."""

from __future__ import annotations

VERSION = "0.1.0"  # of this program, as in pyproject.toml

# Each tag was seen in use in public repositories on 2026-11-30, and none newer of its line (no registry was asked);
# postgres also in docker-library's own list, library/postgres of official-images at 2026-08-21.  A stack file overrides
# any of them with `images:` (a mirror or a digest).  A tag that floats is none of these: another base under
# `postgres:17` changed the order of text under indexes (docker-library/postgres#1356).
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
# The major version whose data and settings the program knows: another one can't read what lies on the volume.
MAJORS: dict[str, int] = {"postgres": 17, "redis": 8}

# The newest of its minor that was seen in public repositories on 2026-11-30; the lab runs Kubernetes 1.36, too.
K3S_VERSION = "v1.36.5+k3s1"
# Of the amd64 binary, the line `k3s` of the release's sha256sum-amd64.txt: seen on 2026-11-30 as the pin of several
# public repositories, the same in all of them.
K3S_SHA256 = "d73847bcd3c5fccef0115b372e2f9a91f3032dc84bbf71518a4617565294d313"
# Minors of Kubernetes 1 that the program was tried with, and the newest release of each that was seen on 2026-11-30: an
# update goes from one to the next.  Checksums of the others come from their releases.
K3S_STEPS: dict[int, str] = {33: "v1.33.13+k3s2", 34: "v1.34.12+k3s1", 35: "v1.35.9+k3s1", 36: K3S_VERSION}

DEBIAN = "12"  # on servers, as their first boot installs it

# The engine that the tests run with (tools/pulumi/go.mod); an older one may lack what the program asks of it.
PULUMI_VERSION = "3.259.0"
# As requires-python in pyproject.toml: the oldest, and the newest that was tried.
OLDEST_PYTHON = (3, 11)
NEWEST_PYTHON = (3, 13)
