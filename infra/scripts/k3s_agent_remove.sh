#!/usr/bin/env bash
# Takes a Celery server out of the cluster before it is deleted, on the server: its workers move, then its node goes.
# Runs again without harm.  Variable: NODE.
set -euo pipefail
found=$(k3s kubectl get node "$NODE" --ignore-not-found --output name)
if [ -n "$found" ]; then
	# A worker gets its grace period; what has not ended by then goes back to its queue after the visibility timeout.
	# Pods of a server that is lost already never end: 30 s after their time they are not waited for.
	k3s kubectl drain "$NODE" --ignore-daemonsets --delete-emptydir-data --skip-wait-for-delete-timeout=30 --timeout=300s ||
		echo "$NODE was not empty within 300 s and is removed all the same" >&2
	k3s kubectl delete node "$NODE" --ignore-not-found
fi
# k3s keeps a node's password, and refuses a new server under the old name.
k3s kubectl --namespace kube-system delete secret "$NODE.node-password.k3s" --ignore-not-found
