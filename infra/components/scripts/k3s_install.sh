#!/usr/bin/env bash
# Installs k3s as a server with its config.yaml, which comes by standard input; base.sh stands before it.
# Runs again without harm.  Environment: as install_k3s of base.sh.
require_programs
install_k3s
write_config
write_metadata_rule

# Without the volume and its marker k3s does not start: an empty cluster on the root disk would be worse than none.
write_k3s_unit k3s.service server 0 <<'UNIT'
After=var-lib-stagecoach.mount
RequiresMountsFor=/var/lib/stagecoach /etc/rancher/node
AssertPathExists=/var/lib/stagecoach/.stagecoach-deployment
UNIT
restart_if_changed k3s.service

for _ in $(seq 120); do
	if k3s kubectl get --raw /readyz >/dev/null 2>&1 && k3s kubectl get nodes 2>/dev/null | grep -q ' Ready'; then
		exit 0
	fi
	sleep 2
done
echo "k3s did not become ready: journalctl -u k3s" >&2
exit 1
