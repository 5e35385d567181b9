#!/usr/bin/env bash
# Waits on the server until a Celery server is a node that takes pods.  Variable: NODE.
set -euo pipefail
for _ in $(seq 120); do
	if k3s kubectl get node "$NODE" 2>/dev/null | grep -q ' Ready'; then
		# A removal that was cut off leaves the node closed to pods.
		k3s kubectl uncordon "$NODE"
		exit 0
	fi
	sleep 2
done
echo "node $NODE did not become ready: journalctl -u k3s-agent on it" >&2
exit 1
