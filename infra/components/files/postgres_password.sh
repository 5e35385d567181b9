#!/bin/sh
# The image sets the password only when it makes the cluster: here it becomes the one of the Secret at every start.
# Runs beside the server, which may still be starting; nobody reaches the pod before this has ended.
until psql -qX -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<'SQL'; do sleep 1; done
\getenv password POSTGRES_PASSWORD
ALTER ROLE CURRENT_USER PASSWORD :'password';
SQL
