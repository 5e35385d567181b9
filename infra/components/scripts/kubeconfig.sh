#!/usr/bin/env bash
# Prints the administrator's kubeconfig.  EPOCH renews the client certificate: k3s issues one for a year at its start.
set -euo pipefail
echo "kubeconfig, epoch $EPOCH" >&2
cat /etc/rancher/k3s/k3s.yaml
