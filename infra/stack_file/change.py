"""Describe how a changed key affects a running stack; the reference page prints it beside the key."""

from __future__ import annotations

from pydantic import JsonValue

Change = dict[str, JsonValue]  # the type that `Field(json_schema_extra=...)` takes

KEY = "change"

FIXED: Change = {KEY: "refused: another value would replace the server and its data"}
RESIZES: Change = {KEY: "in place; for another type the server reboots to resize: expect minutes of downtime"}
GROWS: Change = {KEY: "grows in place; a smaller value keeps the size"}
CELERY_SERVERS: Change = {KEY: "in place; adds, removes or replaces servers that hold no data"}
RESTARTS_K3S: Change = {KEY: "in place; restarts k3s, pods keep running"}
ROLLS_APP: Change = {KEY: "in place; rolls the app's pods"}
ROLLS_WEB: Change = {KEY: "in place; rolls the app's pods and reconfigures the ingress"}
ROLLS: Change = {KEY: "in place; rolls the pods whose numbers change"}
DATA_TOO: Change = {KEY: "in place; rolls the pods of that image; a data service is down for seconds"}
NOTHING_RESTARTS: Change = {KEY: "in place; nothing restarts"}
MONITORING: Change = {KEY: "in place; restarts monitoring only"}
NOTHING: Change = {KEY: "nothing; only the guard reads it"}
FIRST_UPDATE: Change = {KEY: "nothing; it counts only in the first update"}
LIMITS: Change = {KEY: "nothing; an update above it is refused"}
