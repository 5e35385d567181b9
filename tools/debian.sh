#!/bin/sh
# Installs the servers that tests start themselves; nothing is started here.
set -eu

# Newer versions of buildah make no container without netavark, and no package of theirs asks for it.
lacks_netavark() {
	if [ -e /usr/lib/podman/netavark ] || ! command -v buildah >/dev/null 2>&1; then return 1; fi
	work=$(mktemp -d)
	said=$(buildah --storage-driver=vfs --root="$work/root" --runroot="$work/run" from scratch 2>&1 || true)
	rm -rf "$work"
	case "$said" in *netavark*) return 0 ;; *) return 1 ;; esac
}

# Arguments: packages.
install() {
	if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
		echo "missing: $*; as root on Debian: apt-get install --no-install-recommends $*" >&2
		[ "${CI:-}" != true ] || exit 1
		exit 0
	fi
	echo "installing: $*"
	# Packages start their services when they are installed; the tests start their own, on ports of their own.
	policy=/usr/sbin/policy-rc.d
	if [ ! -e "$policy" ]; then
		printf '#!/bin/sh\nexit 101\n' >"$policy"
		chmod +x "$policy"
		made=yes
	fi
	trap '[ -z "$made" ] || rm -f "$policy"' EXIT
	# Another apt may hold the locks; the option waits for dpkg's, an update wants the lists' as well.
	tries=1
	until apt-get -o DPkg::Lock::Timeout=600 update -qq; do
		[ "$tries" -lt 5 ] || exit 1
		tries=$((tries + 1))
		sleep 10
	done
	DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends "$@" \
		>/dev/null
}

missing=""
made=""
command -v redis-server >/dev/null 2>&1 || missing="$missing redis-server"
command -v promtool >/dev/null 2>&1 || missing="$missing prometheus"
command -v pgbouncer >/dev/null 2>&1 || [ -x /usr/sbin/pgbouncer ] || missing="$missing pgbouncer"
command -v amtool >/dev/null 2>&1 || missing="$missing prometheus-alertmanager"
for exporter in prometheus-node-exporter prometheus-postgres-exporter prometheus-redis-exporter; do
	command -v "$exporter" >/dev/null 2>&1 || missing="$missing $exporter"
done
# Real servers in the lab: their disk and container images, file systems, network.
for builder in mmdebstrap buildah; do
	command -v "$builder" >/dev/null 2>&1 || missing="$missing $builder"
done
[ -e /usr/share/keyrings/debian-archive-keyring.gpg ] || missing="$missing debian-archive-keyring"
command -v ssh >/dev/null 2>&1 || missing="$missing openssh-client"
command -v ip >/dev/null 2>&1 || [ -x /usr/sbin/ip ] || missing="$missing iproute2"
command -v mkfs.ext4 >/dev/null 2>&1 || [ -x /usr/sbin/mkfs.ext4 ] || missing="$missing e2fsprogs"
if ! command -v postgres >/dev/null 2>&1 && ! ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; then
	missing="$missing postgresql"
fi
# shellcheck disable=SC2086  # a list of package names
[ -z "$missing" ] || install $missing
if lacks_netavark; then install netavark; fi
