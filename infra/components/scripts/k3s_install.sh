#!/usr/bin/env bash
# Installs k3s and its config.yaml, which comes by standard input.  Runs again without harm.
# Environment: K3S_VERSION, K3S_URL (empty: the release), K3S_SHA256 (empty: the release's checksum file).
set -euo pipefail
umask 077
config=/etc/rancher/k3s/config.yaml
applied=/etc/rancher/k3s/stagecoach-applied
unit=/etc/systemd/system/k3s.service
binary=/usr/local/bin/k3s
release="https://github.com/k3s-io/k3s/releases/download/${K3S_VERSION/+/%2B}"

if command -v cloud-init >/dev/null; then cloud-init status --wait >/dev/null || true; fi

if [ "$("$binary" --version 2>/dev/null | awk 'NR == 1 { print $3 }')" != "$K3S_VERSION" ]; then
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	curl -fsSL --retry 5 -o "$work/k3s" "${K3S_URL:-$release/k3s}"
	expected=$K3S_SHA256
	if [ -z "$expected" ]; then
		expected=$(curl -fsSL --retry 5 "$release/sha256sum-amd64.txt" | awk '$2 == "k3s" { print $1 }')
	fi
	[ -n "$expected" ] || {
		echo "no checksum for k3s $K3S_VERSION" >&2
		exit 1
	}
	printf '%s  %s\n' "$expected" "$work/k3s" | sha256sum -c --quiet -
	install -m 0755 "$work/k3s" "$binary"
fi

mkdir -p /etc/rancher/k3s
cat >"$config.new"
grep -q '^kubelet-arg:' "$config.new" || {
	echo "config.yaml did not arrive whole" >&2
	exit 1
}
mv "$config.new" "$config"

# Pods may not ask the cloud's metadata service: user data holds the host key.
cat >/etc/systemd/system/stagecoach-metadata.service <<'UNIT'
[Unit]
Description=close the metadata service to pods
After=network.target
Before=k3s.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'iptables -C FORWARD -d 169.254.169.254/32 -j DROP 2>/dev/null || iptables -I FORWARD -d 169.254.169.254/32 -j DROP'

[Install]
WantedBy=multi-user.target
UNIT

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
systemctl enable --now stagecoach-metadata.service
systemctl enable k3s.service
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
