#!/usr/bin/env bash
# Functions that scripts on the server and on Celery's servers share: it stands before theirs.
set -euo pipefail
umask 077

# apt-get that waits until it is its turn: after a boot unattended-upgrades and the provider's agents hold apt's locks for
# minutes.  The option waits for dpkg's lock alone; the locks of lists and archives, and a network that is not up yet, are
# tried again.
apt_get() {
	local failed=0 deadline=$((SECONDS + 600)) errors
	errors=$(mktemp)
	until LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 "$@" 2>"$errors"; do
		cat "$errors" >&2
		grep -q 'Could not get lock' "$errors" || failed=$((failed + 1))
		if [ "$failed" -eq 5 ] || [ "$SECONDS" -ge "$deadline" ]; then
			echo "apt-get $1 failed: its errors are above" >&2
			return 1
		fi
		sleep 10
	done
	rm -f "$errors"
}

# Debian's minimal images bring neither curl nor nft with them, and need not have sysctl.
require_programs() {
	if command -v cloud-init >/dev/null; then cloud-init status --wait >/dev/null || true; fi
	local missing=()
	command -v curl >/dev/null || missing+=(curl)
	command -v nft >/dev/null || missing+=(nftables)
	command -v sysctl >/dev/null || missing+=(procps)
	if [ "${#missing[@]}" -gt 0 ]; then
		apt_get update
		apt_get install -y --no-install-recommends "${missing[@]}"
	fi
}

# Prints the release that a binary says it is; nothing where it is none.
release_of() { "$1" --version 2>/dev/null | awk 'NR == 1 { print $3 }' || true; }

# Environment: K3S_VERSION, K3S_URL (empty: the release), K3S_SHA256 (empty: the release's checksum file).
install_k3s() {
	local binary=/usr/local/bin/k3s expected=$K3S_SHA256 work found
	local release="https://github.com/k3s-io/k3s/releases/download/${K3S_VERSION/+/%2B}"
	if [ "$(release_of "$binary")" = "$K3S_VERSION" ]; then return; fi
	work=$(mktemp -d)
	# shellcheck disable=SC2064 # the folder of now, not of then
	trap "rm -rf '$work'" EXIT
	curl -fsSL --retry 5 -o "$work/k3s" "${K3S_URL:-$release/k3s}"
	if [ -z "$expected" ]; then
		expected=$(curl -fsSL --retry 5 "$release/sha256sum-amd64.txt" | awk '$2 == "k3s" { print $1 }')
	fi
	[ -n "$expected" ] || {
		echo "no checksum for k3s $K3S_VERSION" >&2
		exit 1
	}
	printf '%s  %s\n' "$expected" "$work/k3s" | sha256sum -c --quiet -
	install -m 0755 "$work/k3s" "$binary.new"
	# A mirror's file may be of another release, and then a minor may be skipped that nobody asked for.
	found=$(release_of "$binary.new")
	[ "$found" = "$K3S_VERSION" ] || {
		rm -f "$binary.new"
		echo "k3s.url has k3s ${found:-of no release}, k3s.version is $K3S_VERSION: nothing was installed" >&2
		exit 1
	}
	mv "$binary.new" "$binary"
}

# What pods may not reach, whatever the network policies say: they act on a new pod only after a moment, and not at all on
# pods in the host's network.  A table of its own, which k3s never touches; it is loaded before k3s starts.
# - The cloud's metadata service: user data holds the host key.  Pods in the host's network have users of their own from
#   1000 on (node-exporter); cloud-init and the providers' agents are root or system users, and need it.
# - The server itself, but for its private address, where the API server, kubelet and node-exporter are: SSH, and all of
#   them once more on each public address, which the cloud's firewall does not see from inside.
# - IPv6: pods have link-local addresses alone, of which no policy knows.
write_metadata_rule() {
	local node
	node=$(awk '$1 == "node-ip:" { print $2 }' /etc/rancher/k3s/config.yaml)
	mkdir -p /etc/stagecoach
	cat >/etc/stagecoach/metadata.nft <<RULES
table inet stagecoach
delete table inet stagecoach
table inet stagecoach {
	chain forward {
		type filter hook forward priority -10; policy accept;
		ip daddr 169.254.169.254 drop
		iifname "cni0" meta nfproto ipv6 drop
	}
	chain input {
		type filter hook input priority -10; policy accept;
		iifname "cni0" meta nfproto ipv6 drop
		iifname "cni0" ip daddr != $node ct state new reject
	}
	chain output {
		type filter hook output priority -10; policy accept;
		ip daddr 169.254.169.254 meta skuid >= 1000 reject
		ip6 daddr fe80::a9fe:a9fe meta skuid >= 1000 reject
	}
}
RULES
	cat >/etc/systemd/system/stagecoach-metadata.service <<'UNIT'
[Unit]
Description=close the metadata service and the server to pods
After=nftables.service network-pre.target
Before=k3s.service k3s-agent.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f /etc/stagecoach/metadata.nft

[Install]
WantedBy=multi-user.target
UNIT
}

# The kubelet exits at its start where one of these differs (config.yaml: protect-kernel-defaults): so they are set before
# k3s has that flag, and by its unit before each start, after whatever the image or the provider sets at boot.  Two more
# than k3s's hardening guide names, which the kubelet looks at as well; they are Linux' own.
write_kernel_settings() {
	local file=/etc/sysctl.d/90-stagecoach-kubelet.conf
	mkdir -p "${file%/*}"
	cat >"$file" <<'SETTINGS'
vm.overcommit_memory = 1
vm.panic_on_oom = 0
kernel.panic = 10
kernel.panic_on_oops = 1
kernel.keys.root_maxkeys = 1000000
kernel.keys.root_maxbytes = 25000000
SETTINGS
	sysctl -q -p "$file"
}

# Standard input becomes k3s's config.yaml.  Flannel would take the interface of the default route, and with it the
# internet for the pods' traffic: it is told the one with the node's private address, which may come up a little later.
write_config() {
	local config=/etc/rancher/k3s/config.yaml address interface=""
	mkdir -p "$config.d"
	cat >"$config.new"
	grep -q '^kubelet-arg:' "$config.new" || {
		echo "config.yaml did not arrive whole" >&2
		exit 1
	}
	address=$(awk '$1 == "node-ip:" { print $2 }' "$config.new")
	for _ in $(seq 60); do
		interface=$(ip -o -4 address show | awk -v start="$address/" 'index($4, start) == 1 { print $2 }')
		if [ -n "$interface" ]; then break; fi
		sleep 2
	done
	[ -n "$interface" ] || {
		echo "no interface has the private address $address" >&2
		exit 1
	}
	write_arriving_addresses "$config.new" "$config.d/arriving-addresses.yaml"
	mv "$config.new" "$config"
	printf 'flannel-iface: %s\n' "$interface" >"$config.d/private-interface.yaml"
}

# Packets to a reserved address arrive under another one of the interface (DigitalOcean's anchor).  k3s's load balancer
# keeps customers' addresses only of what arrives under an address that the node names.  Arguments: config, drop-in.
write_arriving_addresses() {
	local config=$1 file=$2 known interface one more=""
	known=" $(awk '$1 == "node-external-ip:" || $1 == "node-ip:" { print $2 }' "$config" | tr '\n' ' ') "
	if ! grep -q '^node-external-ip:' "$config"; then return; fi
	interface=$(ip -o -4 route show default | awk '{ for (i = 1; i < NF; i++) if ($i == "dev") print $(i + 1) }' | head -1)
	for one in $(ip -o -4 address show dev "$interface" scope global | awk '{ sub("/.*", "", $4); print $4 }'); do
		if [[ $known != *" $one "* ]]; then more="$more"$'\n'"- $one"; fi
	done
	if [ -n "$more" ]; then printf 'node-external-ip+:%s\n' "$more" >"$file"; else rm -f "$file"; fi
}

# Arguments: the unit's file, what k3s shall be, the seconds that a start may take (0: no limit).  Standard input: more
# lines of the section `Unit`.  A power cut leaves empty what was not on the disk yet: from an empty note of a pod's
# network containerd could never end that pod, and it would stay away for ever.
write_k3s_unit() {
	local unit=$1 role=$2 timeout=$3
	{
		printf '[Unit]\nDescription=k3s %s\nWants=network-online.target\nAfter=network-online.target\n' "$role"
		cat
		cat <<UNIT

[Service]
Type=notify
ExecStartPre=-/sbin/modprobe br_netfilter
ExecStartPre=-/sbin/modprobe overlay
ExecStartPre=/usr/sbin/sysctl -q -p /etc/sysctl.d/90-stagecoach-kubelet.conf
ExecStartPre=-/usr/bin/find /var/lib/cni -type f -empty ! -name lock -delete
ExecStart=/usr/local/bin/k3s $role
KillMode=process
Delegate=yes
LimitNOFILE=1048576
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
TimeoutStartSec=$timeout
Restart=always
RestartSec=5s

[Install]
WantedBy=multi-user.target
UNIT
	} >"/etc/systemd/system/$unit"
}

# What runs is remembered only after the restart: an update that was cut off before it restarts next time.
# Arguments: the unit, further files that k3s reads at its start.
restart_if_changed() {
	local unit=$1 folder=/etc/rancher/k3s action=restart wanted
	shift
	wanted=$(printf '%s\n' "$K3S_VERSION" |
		cat - "$folder/config.yaml" "$folder/config.yaml.d/"*.yaml "/etc/systemd/system/$unit" "$@" |
		sha256sum)
	if [ "$(cat "$folder/stagecoach-applied" 2>/dev/null)" = "$wanted" ]; then action=start; fi
	systemctl daemon-reload
	systemctl enable stagecoach-metadata.service "$unit"
	systemctl restart stagecoach-metadata.service
	systemctl "$action" "$unit" || {
		echo "$unit did not start: journalctl -u $unit" >&2
		exit 1
	}
	# Not before program, unit and config are on the disk: after a power cut the mark would stand without them.
	sync -f "$folder"
	printf '%s\n' "$wanted" >"$folder/stagecoach-applied"
}
