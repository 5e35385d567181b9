#!/usr/bin/env bash
# Installs k3s as a server with its config.yaml, which comes by standard input; base.sh stands before it.
# Runs again without harm.  Environment: as install_k3s of base.sh.
require_programs
install_k3s
write_config
write_metadata_rule
write_kernel_settings

# Who did what, and never what was in it: `Metadata` names user, verb and object, no body, so that no secret gets into the
# log.  What k3s's own parts read and renew all day is left out, or it would push the rest out of the log within hours.
# The first rule that matches decides; k3s does not start without the file.
mkdir -p /var/lib/stagecoach/k3s/server/logs
cat >/etc/rancher/k3s/audit-policy.yaml <<'POLICY'
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
  resources:
  - group: ""
    resources: [secrets]
- level: None
  nonResourceURLs: ["/healthz*", "/livez*", "/readyz*", "/version", "/openapi*", "/api*"]
- level: None
  users: ["system:apiserver", "system:kube-controller-manager", "system:kube-scheduler"]
  verbs: [get, list, watch]
- level: None
  userGroups: ["system:nodes", "system:serviceaccounts:kube-system"]
  verbs: [get, list, watch]
- level: None
  resources:
  - group: coordination.k8s.io
    resources: [leases]
- level: None
  userGroups: ["system:nodes"]
  resources:
  - group: ""
    resources: [nodes/status, pods/status, events]
  - group: events.k8s.io
    resources: [events]
- level: None
  users: ["system:serviceaccount:monitoring:prometheus"]
  verbs: [get, list, watch]
- level: Metadata
POLICY

# Without the volume and its marker k3s does not start: an empty cluster on the root disk would be worse than none.
write_k3s_unit k3s.service server 0 <<'UNIT'
After=var-lib-stagecoach.mount
RequiresMountsFor=/var/lib/stagecoach /etc/rancher/node
AssertPathExists=/var/lib/stagecoach/.stagecoach-deployment
UNIT
restart_if_changed k3s.service /etc/rancher/k3s/audit-policy.yaml

for _ in $(seq 120); do
	if k3s kubectl get --raw /readyz >/dev/null 2>&1 && k3s kubectl get nodes 2>/dev/null | grep -q ' Ready'; then
		exit 0
	fi
	sleep 2
done
echo "k3s did not become ready: journalctl -u k3s" >&2
exit 1
