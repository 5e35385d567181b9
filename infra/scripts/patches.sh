#!/usr/bin/env bash
# Security patches of Debian, applied every day by its own unattended-upgrades; base.sh stands before it.
# Restarts neither k3s nor the server.  Runs again without harm.
# Environment: SERVER_ID; the contents of files: APT_CONF, GENTLE_CONF, NEEDRESTART_CONF, METRICS, METRICS_UNIT.
if command -v cloud-init >/dev/null; then cloud-init status --wait >/dev/null || true; fi

# Arguments: path, content.  A file that is as it should be keeps its time, which says when patches were set up.
put() {
	(umask 022 && mkdir -p "$(dirname "$1")")
	if [ "$(cat "$1" 2>/dev/null)" = "$2" ]; then return; fi
	printf '%s\n' "$2" >"$1.new"
	chmod 644 "$1.new"
	mv "$1.new" "$1"
}

# apt reads no file of its folder whose name ends with `.new`: it says so once, in a notice.
put /etc/apt/apt.conf.d/52stagecoach-patches "$APT_CONF"
for service in apt-daily apt-daily-upgrade; do
	put "/etc/systemd/system/$service.service.d/stagecoach.conf" "$GENTLE_CONF"
done
put /etc/needrestart/conf.d/stagecoach.conf "$NEEDRESTART_CONF"
put /usr/local/lib/stagecoach/patches_metrics.sh "$METRICS"
put /etc/systemd/system/stagecoach-patches.service "$METRICS_UNIT"

if ! command -v unattended-upgrade >/dev/null; then
	apt_get update
	apt_get install -y --no-install-recommends unattended-upgrades
fi

systemctl daemon-reload
# Some images bring them switched off.
systemctl enable --now apt-daily.timer apt-daily-upgrade.timer
systemctl enable stagecoach-patches.service
systemctl restart stagecoach-patches.service
