#!/bin/sh
# Writes for node-exporter whether this server waits for a reboot, and how old its patches are, every five minutes.
# Argument `once`: only now.  Times are seconds since 1970; 0 stands for "no reboot is needed".
set -eu
umask 022
folder=/var/lib/stagecoach-metrics
required=/run/reboot-required
since=/run/stagecoach-reboot-since # a second kernel touches the file above once more; /run is empty after a boot
configuration=/etc/apt/apt.conf.d/52stagecoach-patches

seconds_of() { stat -c %Y "$1" 2>/dev/null || echo 0; }

# The newest of the files; not before patches were set up, so that a new server is not late at once.
newest() {
	latest=$(seconds_of "$configuration")
	for one in "$@"; do
		at=$(seconds_of "$one")
		if [ "$at" -gt "$latest" ]; then latest=$at; fi
	done
	echo "$latest"
}

write() {
	if [ -e "$required" ]; then
		[ -e "$since" ] || touch -r "$required" "$since"
	else
		rm -f "$since"
	fi
	# apt.systemd.daily renews the first after a run without an error.  The second has the time of its publication, a
	# week at most before it is too old for apt itself: its age says what `apt-get update` says only in words.
	cat >"$folder/patches.new" <<METRICS
# TYPE stagecoach_reboot_needed_since_seconds gauge
stagecoach_reboot_needed_since_seconds $(seconds_of "$since")
# TYPE stagecoach_patches_applied_seconds gauge
stagecoach_patches_applied_seconds $(newest /var/lib/apt/periodic/upgrade-stamp)
# TYPE stagecoach_patches_lists_seconds gauge
stagecoach_patches_lists_seconds $(newest /var/lib/apt/lists/*-security_*Release)
METRICS
	mv "$folder/patches.new" "$folder/patches.prom"
}

mkdir -p "$folder"
write
[ "${1:-}" = once ] && exit 0
while sleep 300; do write; done
