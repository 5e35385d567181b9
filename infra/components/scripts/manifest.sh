#!/usr/bin/env bash
# Puts a file into k3s's manifests folder, from standard input: k3s applies it by itself.
# Environment: MANIFEST, the file's name.
set -euo pipefail
umask 077
folder=/var/lib/stagecoach/k3s/server/manifests
mkdir -p "$folder"
cat >"/tmp/$MANIFEST.new"
mv "/tmp/$MANIFEST.new" "$folder/$MANIFEST"
