#!/usr/bin/env bash
# Mounts the data volume and grows its file system.
# Environment: DEVICE, DEPLOYMENT, VOLUME_IS_NEW (true only in the update that created the volume), SIZE_GIB.
set -euo pipefail
mount_point=/var/lib/stagecoach
marker=.stagecoach-deployment
# The last 5 % are kept for root and for the data services: Postgres and the broker run under this group, backups,
# Prometheus and whatever else writes do not.  A volume that those have filled still takes orders.
reserve_percent=5
reserve_group=999

refuse() {
	echo "$1 Nothing was done." >&2
	exit 1
}

# 2 % less will do: not every cloud says whether its GB are GiB.
large_enough() { [ "$(blockdev --getsize64 "$DEVICE")" -ge $((SIZE_GIB * 980000000)) ]; }

for _ in $(seq 60); do
	[ -b "$DEVICE" ] && break
	sleep 1
done
[ -b "$DEVICE" ] || refuse "$DEVICE is not attached."

# 2 is blkid's word for "nothing found"; any other failure may hide a file system.
found=0
blkid -p "$DEVICE" >/dev/null 2>&1 || found=$?
if [ "$found" -eq 2 ]; then
	[ "$VOLUME_IS_NEW" = true ] ||
		refuse "$DEVICE has no file system, but was not created by this update: it may hold data."
	mkfs.ext4 -q -L stagecoach -m $reserve_percent "$DEVICE"
elif [ "$found" -ne 0 ]; then
	refuse "blkid cannot tell what is on $DEVICE (exit code $found)."
fi

# Looked at before it is put in place: a volume of another deployment must not become this server's.
look=$(mktemp -d)
mount "$DEVICE" "$look"
# An update that ended between mkfs and the marker comes back here: the file system is empty, so it is ours.
if [ "$VOLUME_IS_NEW" = true ] && [ -z "$(find "$look/" -mindepth 1 -maxdepth 1 ! -name lost+found)" ]; then
	printf '%s\n' "$DEPLOYMENT" >"$look/$marker"
fi
owner=$(cat "$look/$marker" 2>/dev/null || true)
umount "$look"
rmdir "$look"
[ "$owner" = "$DEPLOYMENT" ] || refuse "the volume belongs to deployment '$owner', not to '$DEPLOYMENT'."

uuid=$(blkid -p -s UUID -o value "$DEVICE")
cat >/etc/systemd/system/var-lib-stagecoach.mount <<UNIT
[Unit]
Description=stagecoach data volume
Before=k3s.service

[Mount]
What=/dev/disk/by-uuid/$uuid
Where=$mount_point
Type=ext4
Options=defaults,noatime,resgid=$reserve_group

[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --now var-lib-stagecoach.mount
mountpoint -q "$mount_point"

# The size is an input, so that a grown volume runs this script again; the kernel may see it some seconds later.
echo "data volume of $SIZE_GIB GiB"
for _ in $(seq 30); do
	large_enough && break
	sleep 1
done
resize2fs "$DEVICE"

# Volumes of earlier releases have a smaller reserve, for root alone; both change while it is mounted.
tune2fs -m $reserve_percent "$DEVICE"
mount -o "remount,resgid=$reserve_group" "$mount_point"

# k3s refuses a rebuilt server with a new node password: it lives on the volume, too.
mkdir -p "$mount_point/rancher-node" "$mount_point/k3s" /etc/rancher/node
# Without `nofail` a boot without the volume would end in the emergency shell, where nobody can log in.
bind="$mount_point/rancher-node /etc/rancher/node none bind,nofail 0 0"
if ! grep -qxF "$bind" /etc/fstab; then
	sed -i "\\#^$mount_point/rancher-node #d" /etc/fstab
	printf '%s\n' "$bind" >>/etc/fstab
fi
mountpoint -q /etc/rancher/node || mount /etc/rancher/node
# A power cut soon afterwards must not lose them: k3s would wait for a mount that nothing knows.
sync -f /etc/fstab

# After a failed growth the state of some clouds has the size that was planned, and no update would grow it any more.
if ! large_enough; then
	gib=$(($(blockdev --getsize64 "$DEVICE") / 1024 / 1024 / 1024))
	echo "the data volume has $gib GiB, not $SIZE_GIB: its growth failed. Run pulumi refresh --yes --skip-preview" \
		"--target '**::server-data', then update again. The shop goes on with what there is." >&2
	exit 1
fi
