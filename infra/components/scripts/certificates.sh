#!/usr/bin/env bash
# Keeps a service on the server that has missing certificates ordered again, then waits for them and says how it stands.
# traefik orders a certificate once, and after a failure only when its configuration changes; base.sh stands before it.
# Environment: DOMAINS (names, blanks between; empty: the service is removed), PUBLIC_IP, WAIT_SECONDS.
program=/usr/local/bin/stagecoach-certificates unit=stagecoach-certificates.service

if [ -z "$DOMAINS" ]; then
	if [ -e "/etc/systemd/system/$unit" ]; then
		systemctl disable --now "$unit"
		rm -f "/etc/systemd/system/$unit" "$program" /etc/stagecoach/certificates
		systemctl daemon-reload
	fi
	exit 0
fi
# What the update shows of this script is how the certificates stand, not how a package was installed.
command -v openssl >/dev/null || {
	apt_get update
	apt_get install -y --no-install-recommends openssl
} >&2

mkdir -p /etc/stagecoach
cat >"$program.new" <<'PROGRAM'
#!/usr/bin/env bash
# `watch` has missing certificates ordered again; `wait SECONDS` waits for them, and says how it stands.
set -euo pipefail
# shellcheck source=/dev/null # DOMAINS, PUBLIC_IP, RETRY_SECONDS
. /etc/stagecoach/certificates
declare -A asked_with asked_at

# Prints the issuer of what traefik shows for a name; nothing where traefik does not answer.
issuer() {
	local traefik
	traefik=$(k3s kubectl --namespace kube-system get service traefik --output 'jsonpath={.spec.clusterIP}' 2>/dev/null)
	[ -n "$traefik" ] || return 0
	timeout 10 openssl s_client -connect "$traefik:443" -servername "$1" </dev/null 2>/dev/null |
		openssl x509 -noout -issuer 2>/dev/null | sed 's/^issuer= *//'
}

is_missing() { [[ $1 == *'TRAEFIK DEFAULT CERT'* ]]; }

# Prints the addresses that a name leads to.
addresses() { getent ahosts "$1" | awk '{ print $1 }' | sort -u | paste -s -d ' '; }

# Whether one of the addresses is this server's.
leads_here() {
	local one own
	own=" $PUBLIC_IP $(ip -o address show | awk '{ sub("/.*", "", $4); print $4 }' | paste -s -d ' ') "
	for one in $1; do
		if [[ $own == *" $one "* ]]; then return 0; fi
	done
	return 1
}

# A middleware that no route uses: each change of it is a change of traefik's configuration.
order_again() {
	k3s kubectl apply --server-side --force-conflicts --filename - <<MANIFEST
apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata: {name: stagecoach-certificates, namespace: kube-system}
spec: {headers: {customResponseHeaders: {X-Stagecoach-Ordered: "$(date +%s)"}}}
MANIFEST
}

# At once when a name leads somewhere else than before, otherwise now and then: the issuer counts failures (Let's
# Encrypt: five an hour for a name).
look() {
	local domain=$1 found now
	found=$(addresses "$domain" || true)
	now=$(date +%s)
	if [ -z "$found" ]; then return; fi
	if [ "$found" != "${asked_with[$domain]:-}" ] || ((now - ${asked_at[$domain]:-0} >= RETRY_SECONDS)); then
		echo "$domain has no certificate and leads to $found: ordering again"
		order_again || return 1
		asked_with[$domain]=$found asked_at[$domain]=$now
	fi
}

watch() {
	local domain missing
	while :; do
		missing=""
		for domain in $DOMAINS; do
			if is_missing "$(issuer "$domain" || true)"; then
				missing=1
				look "$domain" || echo "$domain: traefik's configuration could not be changed" >&2
			fi
		done
		# Renewals are traefik's, which tries them every day.
		if [ -n "$missing" ]; then sleep 10; else sleep 600; fi
	done
}

# Says of one name how it stands; waits until a time while its certificate can come.
say() {
	local domain=$1 until=$2 found by again
	again="The certificate is ordered by itself within a minute after that, and then every $((RETRY_SECONDS / 60)) minutes."
	while :; do
		by=$(issuer "$domain" || true)
		if [ -n "$by" ] && ! is_missing "$by"; then
			echo "$domain has its certificate, issued by $by"
			return
		fi
		found=$(addresses "$domain" || true)
		if [ -z "$found" ]; then
			echo "$domain leads nowhere yet: set its A record to $PUBLIC_IP. $again"
			return
		elif ! leads_here "$found"; then
			echo "$domain leads to $found, not to $PUBLIC_IP: change its A record, or let the proxy there pass port 80. $again"
			return
		elif (($(date +%s) >= until)); then
			echo "$domain leads here, but its certificate was not issued yet: it is ordered every $((RETRY_SECONDS / 60)) minutes."
			k3s kubectl --namespace kube-system logs deployment/traefik --tail=200 2>/dev/null |
				grep -F 'Unable to obtain ACME certificate' | tail -1 || true
			return
		fi
		sleep 2
	done
}

case "$1" in
watch) watch ;;
wait)
	until=$(($(date +%s) + $2))
	for domain in $DOMAINS; do say "$domain" "$until"; done
	;;
esac
PROGRAM
chmod 0755 "$program.new"
printf 'DOMAINS="%s"\nPUBLIC_IP=%s\nRETRY_SECONDS=900\n' "$DOMAINS" "$PUBLIC_IP" >/etc/stagecoach/certificates
cat >"/etc/systemd/system/$unit" <<UNIT
[Unit]
Description=order missing certificates again
After=k3s.service

[Service]
ExecStart=$program watch
Restart=always
RestartSec=30s

[Install]
WantedBy=multi-user.target
UNIT
mv "$program.new" "$program"
systemctl daemon-reload
systemctl enable "$unit"
systemctl restart "$unit"
"$program" wait "$WAIT_SECONDS"
