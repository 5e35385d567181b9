#!/usr/bin/env bash
# Puts a file into k3s's manifests folder, from standard input: k3s applies it by itself.  It is renamed there at once;
# k3s passes over a name that ends in `.new`.
# Environment: MANIFEST, the file's name.
set -euo pipefail
umask 077
folder=/var/lib/stagecoach/k3s/server/manifests
mkdir -p "$folder"
cat >"$folder/$MANIFEST.new"
mv "$folder/$MANIFEST.new" "$folder/$MANIFEST"
