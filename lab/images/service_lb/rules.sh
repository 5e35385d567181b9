#!/bin/sh
# What comes to SRC_PORT goes to DEST_PORT of every address in DEST_IPS, from this pod's own address: as klipper-lb does.
set -eu

[ "$(cat /proc/sys/net/ipv4/ip_forward)" = 1 ] || {
	echo "net.ipv4.ip_forward is not 1: nothing is forwarded" >&2
	exit 1
}
for address in $(echo "$DEST_IPS" | tr , ' '); do
	iptables -t nat -I PREROUTING -p "$DEST_PROTO" --dport "$SRC_PORT" -j DNAT --to-destination "$address:$DEST_PORT"
	iptables -t nat -I POSTROUTING -d "$address/32" -p "$DEST_PROTO" -j MASQUERADE
	echo "$DEST_PROTO $SRC_PORT goes to $address:$DEST_PORT"
done
# Process 1 takes no signal that it does not ask for.
trap 'exit 0' TERM INT
while :; do
	sleep 86400 &
	wait $!
done
