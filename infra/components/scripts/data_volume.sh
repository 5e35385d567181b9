#!/usr/bin/env bash
# Mounts the data volume and grows its file system.
# Environment: DEVICE, DEPLOYMENT, VOLUME_IS_NEW (true only in the update that created the volume), SIZE_GIB.
set -euo pipefail
mount_point=/var/lib/stagecoach
marker="$mount_point/.stagecoach-deployment"

for _ in $(seq 60); do
	[ -b "$DEVICE" ] && break
	sleep 1
done
[ -b "$DEVICE" ] || {
	echo "$DEVICE is not attached" >&2
	exit 1
}

if ! blkid "$DEVICE" >/dev/null 2>&1; then
	if [ "$VOLUME_IS_NEW" != true ]; then
		echo "$DEVICE has no file system, but was not created by this update: it may hold data. Nothing was done." >&2
		exit 1
	fi
	mkfs.ext4 -q -L stagecoach -m 1 "$DEVICE"
	made=yes
fi

uuid=$(blkid -s UUID -o value "$DEVICE")
cat >/etc/systemd/system/var-lib-stagecoach.mount <<UNIT
[Unit]
Description=stagecoach data volume
Before=k3s.service

[Mount]
What=/dev/disk/by-uuid/$uuid
Where=$mount_point
Type=ext4
Options=defaults,noatime

[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --now var-lib-stagecoach.mount
mountpoint -q "$mount_point"

if [ "${made:-}" = yes ]; then
	printf '%s\n' "$DEPLOYMENT" >"$marker"
fi
if [ "$(cat "$marker" 2>/dev/null)" != "$DEPLOYMENT" ]; then
	echo "the volume belongs to deployment '$(cat "$marker" 2>/dev/null)', not to '$DEPLOYMENT'. Nothing was changed." >&2
	exit 1
fi

# The size is an input, so that a grown volume runs this script again.
echo "data volume of $SIZE_GIB GiB"
resize2fs "$DEVICE"

# k3s refuses a rebuilt server with a new node password: it lives on the volume, too.
mkdir -p "$mount_point/rancher-node" "$mount_point/k3s" /etc/rancher/node
if ! mountpoint -q /etc/rancher/node; then
	printf '%s %s none bind 0 0\n' "$mount_point/rancher-node" /etc/rancher/node >>/etc/fstab
	mount /etc/rancher/node
fi
