"""Images and programs that the stack runs: one place, each overridable per stack."""

from __future__ import annotations

VERSION = "0.1.0"  # of this program, as in pyproject.toml

# Each tag was seen in use in public repositories on 2026-11-23 (no registry was asked); a stack file overrides any of
# them with `images:` (a mirror or a digest).
IMAGES: dict[str, str] = {
    "postgres": "docker.io/library/postgres:17",
    "redis": "docker.io/library/redis:8.0",
    "postgres_exporter": "quay.io/prometheuscommunity/postgres-exporter:v0.19.1",
    "redis_exporter": "docker.io/oliver006/redis_exporter:v1.84.0",
    "prometheus": "quay.io/prometheus/prometheus:v2.53.3",
    "alertmanager": "quay.io/prometheus/alertmanager:v0.28.1",
    "node_exporter": "quay.io/prometheus/node-exporter:v1.9.1",
    "grafana": "docker.io/grafana/grafana:11.6.1",
    "pgbouncer": "docker.io/edoburu/pgbouncer:v1.25.2-p0",
}

# Seen in use in public repositories, the last time on 2026-09-08; its checksum comes from the release itself.
K3S_VERSION = "v1.33.6+k3s1"

# The engine that the tests run with (tools/pulumi/go.mod); an older one may lack what the program asks of it.
PULUMI_VERSION = "3.259.0"
# As requires-python in pyproject.toml: the oldest, and the newest that was tried.
OLDEST_PYTHON = (3, 11)
NEWEST_PYTHON = (3, 13)
