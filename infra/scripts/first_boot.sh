#!/usr/bin/env bash
# The server's first answer: cloud-init has ended, whatever came of it. Changes nothing.
set -euo pipefail
if command -v cloud-init >/dev/null; then cloud-init status --wait >/dev/null || true; fi
echo "$SERVER_ID is up"
