#!/usr/bin/env bash
# Runs on the server: waits until a Celery server's SSH shows the deployment's own host key.
# Before that, its first boot may still answer with the image's key, or break the connection off. The command provider
# opens its way through the server only once and repeats the handshake on that same way, so a first answer that is too
# early would fail the update however long it tries.
# Environment: AGENT, its private address; HOST_KEY, type and key; BOOT, which changes with every boot that we cause.
set -euo pipefail
echo "waiting for $AGENT ($BOOT)"
shown=
for _ in $(seq 180); do
	shown=$(ssh-keyscan -T 3 -t ed25519 "$AGENT" 2>/dev/null | awk '{ print $2, $3 }' || true)
	if [ "$shown" = "$HOST_KEY" ]; then exit 0; fi
	sleep 2
done
echo "$AGENT does not show the deployment's host key, but '${shown:-none}'." >&2
echo "Look at its console at the provider, and run the update again." >&2
exit 1
