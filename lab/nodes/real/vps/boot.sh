#!/bin/sh
# Boots a guest: the caller made a pid namespace, this process is its first.
# Environment: NETWORK (file of the namespace), JOIN (cgroup.procs files), DISK (loop device), ROOT (an empty folder),
# HARDWARE, SYSTEM and TOOLS (folders), SHARED (bytes of memory for files, half as on any Linux),
# CGROUPS (lines `folder type options`), VOLUMES (lines `device major minor link`).
set -eu

if [ "${1:-}" != inside ]; then
	for procs in $JOIN; do echo $$ >"$procs"; done
	# Nothing inside may be chosen before this process when memory runs out; refused without CAP_SYS_RESOURCE.
	echo -1000 2>/dev/null >/proc/self/oom_score_adj || true
	exec setpriv --pdeathsig KILL nsenter --net="$NETWORK" -- \
		unshare --mount --uts --ipc --cgroup --propagation private -- sh "$0" inside
fi

# A disk after a power cut replays its journal; -p ends with 1 where it mended something.
e2fsck -p "$DISK" || [ $? -eq 1 ]
# Without `discard`: a power cut aborts the journal, and the kernel then discards what the lost transaction had freed, so
# that files which are there again have holes.  Freed space is given back at power-off (lab/nodes/real/vps/disk.py).
mount -t ext4 -o noatime,noinit_itable "$DISK" "$ROOT"
cd "$ROOT"

mount -t proc -o nosuid,nodev,noexec proc proc
mount -t sysfs -o nosuid,nodev,noexec sysfs sys
mount -t tmpfs -o nosuid,mode=755,size=4m dev dev
mkdir -p dev/pts dev/shm dev/mqueue dev/disk/by-id dev/disk/by-uuid
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
mount -t tmpfs -o "nosuid,nodev,mode=1777,size=$SHARED" shm dev/shm
mount -t mqueue mqueue dev/mqueue
mount -t tmpfs -o "nosuid,nodev,mode=755,size=$SHARED" run run
for node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0 kmsg:1:11 fuse:10:229; do
	major=${node#*:}
	mknod -m 666 "dev/${node%%:*}" c "${major%:*}" "${major#*:}"
done
mkdir -p dev/net
mknod -m 666 dev/net/tun c 10 200
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for pair in stdin:0 stdout:1 stderr:2; do ln -s "/proc/self/fd/${pair#*:}" "dev/${pair%:*}"; done
echo "$VOLUMES" | while read -r device major minor link; do
	[ -n "$device" ] || continue
	mknod -m 660 "dev/$device" b "$major" "$minor"
	mkdir -p "${link#/}" && rmdir "${link#/}"
	ln -s "/dev/$device" "${link#/}"
done

# What is seen from here on is rooted in the guest's own cgroup.
echo "$CGROUPS" | grep -q '^\. ' || mount -t tmpfs -o mode=755,size=4m cgroups sys/fs/cgroup
echo "$CGROUPS" | while read -r folder type options; do
	mkdir -p "sys/fs/cgroup/$folder"
	mount -t "$type" ${options:+-o "$options"} cgroup "sys/fs/cgroup/$folder"
done

# The kernel is this machine's: a guest changes its network's settings, and copies of those that a kubelet sets.
for folder in fs vm kernel dev debug; do
	[ -d "proc/sys/$folder" ] || continue
	mount --bind "proc/sys/$folder" "proc/sys/$folder"
	mount -o remount,bind,ro "proc/sys/$folder"
done
# Copies in the guest's memory: of this machine's file systems only tools and modules are seen inside, as overlays.
copies=run/stagecoach/hardware
mkdir -m 700 run/stagecoach
mount -t tmpfs -o nosuid,nodev,mode=700,size=4m stagecoach run/stagecoach
cp -R "$HARDWARE" "$copies"
cp -R "$SYSTEM" run/stagecoach/system
mkdir run/stagecoach/empty
for file in $(cd "$HARDWARE/sys" && find . -type f); do
	[ ! -e "proc/sys/$file" ] || mount --bind "$copies/sys/$file" "proc/sys/$file"
done
[ ! -e proc/sysrq-trigger ] || mount --bind dev/null proc/sysrq-trigger
for file in meminfo cpuinfo stat; do
	mount --bind "$copies/$file" "proc/$file"
	mount -o remount,bind,ro "proc/$file"
done
for folder in cpu node; do
	[ -d "sys/devices/system/$folder" ] || continue
	mount --bind "$copies/$folder" "sys/devices/system/$folder"
done
mount --bind run/stagecoach/system usr/local/lib/stagecoach-guest
mount -o remount,bind,ro usr/local/lib/stagecoach-guest
mount -t overlay -o "ro,lowerdir=$TOOLS:run/stagecoach/empty" tools usr/local/lib/stagecoach-lab
# k3s's units load modules, and those of this kernel lie on this machine.
modules=/lib/modules/$(uname -r)
if [ -d "$modules" ]; then
	mkdir -p ".$modules"
	mount -t overlay -o "ro,lowerdir=$modules:run/stagecoach/empty" modules ".$modules"
fi

mkdir -p .before
pivot_root . .before
# shellcheck disable=SC2016  # expanded inside
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
	PYTHONPATH=/usr/local/lib/stagecoach-guest PYTHONDONTWRITEBYTECODE=1 \
	/usr/sbin/chroot . /bin/sh -c 'umount -l /.before; exec /usr/bin/python3 -m lab.nodes.real.vps.guest.init' </dev/null
