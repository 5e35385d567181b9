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
declare -A asked_at asked_here seen_at
traefik="" # its address in the cluster
RECHECK_SECONDS=600

find_traefik() {
	traefik=$(k3s kubectl --namespace kube-system get service traefik --output 'jsonpath={.spec.clusterIP}' 2>/dev/null || true)
}

# Prints the issuer of what traefik shows for a name; nothing where traefik does not answer.
issuer() {
	[ -n "$traefik" ] || return 0
	timeout 10 openssl s_client -connect "$traefik:443" -servername "$1" </dev/null 2>/dev/null |
		openssl x509 -noout -issuer 2>/dev/null | sed 's/^issuer= *//'
}

is_missing() { [[ $1 == *'TRAEFIK DEFAULT CERT'* ]]; }

# Prints the addresses that a name leads to.
addresses() { getent ahosts "$1" | awk '{ print $1 }' | sort -u | paste -s -d ' '; }

# Prints those of some addresses that are not this server's.  Under an IPv6 address nothing answers: the cluster and its
# load balancer have IPv4 alone.
elsewhere() {
	local one own found=()
	own=" $PUBLIC_IP $(ip -o -4 address show scope global | awk '{ sub("/.*", "", $4); print $4 }' | paste -s -d ' ') "
	for one in $1; do
		if [[ $own != *" $one "* ]]; then found+=("$one"); fi
	done
	echo "${found[*]}"
}

# Whether one of the addresses is this server's.
leads_here() { [ "$(elsewhere "$1")" != "$1" ]; }

# A middleware that no route uses: each change of it is a change of traefik's configuration.
order_again() {
	k3s kubectl apply --server-side --force-conflicts --filename - <<MANIFEST
apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata: {name: stagecoach-certificates, namespace: kube-system}
spec: {headers: {customResponseHeaders: {X-Stagecoach-Ordered: "$(date +%s)"}}}
MANIFEST
}

# Orders a name's certificate again: at once when the name is new and when it comes to lead here, otherwise now and
# then.  The issuer counts failures (Let's Encrypt: five an hour for a name), and addresses in front of a proxy change
# with every answer.
look() {
	local domain=$1 found now here=""
	found=$(addresses "$domain" || true)
	now=$(date +%s)
	if [ -z "$found" ]; then return; fi
	if leads_here "$found"; then here=1; fi
	if [ -n "${asked_at[$domain]:-}" ] && ((now - asked_at[$domain] < RETRY_SECONDS)); then
		if [ -z "$here" ] || [ -n "${asked_here[$domain]}" ]; then return; fi
	fi
	echo "$domain has no certificate and leads to $found: ordering again"
	order_again || return 1
	asked_at[$domain]=$now asked_here[$domain]=$here
}

watch() {
	local domain by open
	while :; do
		open=""
		find_traefik
		for domain in $DOMAINS; do
			# Renewals are traefik's, which tries them every day: what was there is looked at now and then.
			if (($(date +%s) - ${seen_at[$domain]:-0} < RECHECK_SECONDS)); then continue; fi
			by=$(issuer "$domain" || true)
			if [ -z "$by" ]; then
				open=1 # traefik starts, as after a boot
			elif is_missing "$by"; then
				open=1
				look "$domain" || echo "$domain: traefik's configuration could not be changed" >&2
			else
				seen_at[$domain]=$(date +%s)
			fi
		done
		if [ -n "$open" ]; then sleep 10; else sleep "$RECHECK_SECONDS"; fi
	done
}

# Says of one name how it stands; waits until a time while its certificate can come.
say() {
	local domain=$1 until=$2 found by again others
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
			others=$(elsewhere "$found")
			echo "$domain leads here, but its certificate was not issued yet: it is ordered every $((RETRY_SECONDS / 60)) minutes."
			if [ -n "$others" ]; then echo "It also leads to $others, where the issuer may ask: remove that A or AAAA record."; fi
			k3s kubectl --namespace kube-system logs deployment/traefik --tail=200 2>/dev/null |
				grep -F 'Unable to obtain ACME certificate' | tail -1 || true
			return
		fi
		if [ -z "$by" ]; then find_traefik; fi
		sleep 2
	done
}

# Says so where the shop's first page only ever redirects: an app that does not see that https ended before it sends
# every request to https again, and the kubelet takes that for health.
say_circle() {
	local code=0
	[ -n "$traefik" ] || return 0
	# With cookies, as a browser: a shop may ask for one by a redirect.
	curl --silent --insecure --location --cookie '' --max-redirs 10 --max-time 20 --output /dev/null \
		--connect-to "::$traefik:443" "https://$1/" || code=$?
	if [ "$code" -eq 47 ]; then # curl's own for too many redirects
		echo "$1 redirects in a circle, no page is shown: set SECURE_PROXY_SSL_HEADER in Django's settings, and no PREPEND_WWW unless $1 begins with www."
	fi
}

case "$1" in
watch) watch ;;
wait)
	until=$(($(date +%s) + $2))
	find_traefik
	for domain in $DOMAINS; do say "$domain" "$until"; done
	say_circle "${DOMAINS%% *}"
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
