#!/usr/bin/env bash
# Installs k3s as a server with its config.yaml, which comes by standard input; base.sh stands before it.
# Runs again without harm.  Environment: as install_k3s of base.sh.
config=/etc/rancher/k3s/config.yaml
applied=/etc/rancher/k3s/stagecoach-applied
unit=/etc/systemd/system/k3s.service

require_programs
install_k3s

mkdir -p /etc/rancher/k3s
cat >"$config.new"
grep -q '^kubelet-arg:' "$config.new" || {
	echo "config.yaml did not arrive whole" >&2
	exit 1
}
mv "$config.new" "$config"

write_metadata_rule

# Without the volume and its marker k3s does not start: an empty cluster on the root disk would be worse than none.
cat >$unit <<'UNIT'
[Unit]
Description=k3s
Wants=network-online.target
After=network-online.target var-lib-stagecoach.mount
RequiresMountsFor=/var/lib/stagecoach /etc/rancher/node
AssertPathExists=/var/lib/stagecoach/.stagecoach-deployment

[Service]
Type=notify
ExecStartPre=-/sbin/modprobe br_netfilter
ExecStartPre=-/sbin/modprobe overlay
ExecStart=/usr/local/bin/k3s server
KillMode=process
Delegate=yes
LimitNOFILE=1048576
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
TimeoutStartSec=0
Restart=always
RestartSec=5s

[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable stagecoach-metadata.service k3s.service
systemctl restart stagecoach-metadata.service
# What runs is remembered only after the restart: an update that was cut off before it restarts next time.
wanted=$(printf '%s\n' "$K3S_VERSION" | cat - "$config" "$unit" | sha256sum)
if [ "$(cat "$applied" 2>/dev/null)" = "$wanted" ]; then
	systemctl start k3s.service
else
	systemctl restart k3s.service
	printf '%s\n' "$wanted" >"$applied"
fi

for _ in $(seq 120); do
	if k3s kubectl get --raw /readyz >/dev/null 2>&1 && k3s kubectl get nodes 2>/dev/null | grep -q ' Ready'; then
		exit 0
	fi
	sleep 2
done
echo "k3s did not become ready: journalctl -u k3s" >&2
exit 1
