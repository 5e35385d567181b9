#!/bin/sh
# Waits until Postgres answers, for AWAIT_SECONDS at most; ends well in any case, because what comes next says best what
# is wrong.  A new pod is refused until the node's network policies know its address: about a second, up to four while a
# server boots.  A wrong password is none of pg_isready's business.
# Environment: PGHOST, PGUSER, PGDATABASE, AWAIT_SECONDS.
deadline=$(($(date +%s) + AWAIT_SECONDS))
until pg_isready --quiet --timeout=2; do
	if [ "$(date +%s)" -ge "$deadline" ]; then
		echo "$PGHOST did not answer within $AWAIT_SECONDS s: starting without it" >&2
		break
	fi
	sleep 1
done
