#!/bin/sh
# Makes what docker-compose.yml reads as secrets: one file each in docker/secrets/, of the owner and the containers only.
# A file that is there stays as it is, so a new user or a new release needs one more run and nothing else.
set -eu
umask 077
folder=${1:-$(dirname "$0")/secrets}
mkdir -p "$folder"
for name in admin broker controller \
    maskgate-mask maskgate-gate maskgate-lineage maskgate-watch maskgate-console maskgate-admin webhook; do
  [ -s "$folder/$name" ] || od -An -N24 -tx1 /dev/urandom | tr -d ' \n' > "$folder/$name"
done
[ -s "$folder/cluster-id" ] || od -An -N16 -tx1 /dev/urandom | tr -d ' \n' | cut -c1-22 | tr -d '\n' > "$folder/cluster-id"
# Compose mounts a secret with the rights of its file; the containers run as other users than the one who made it.
chmod 0444 "$folder"/*
chmod 0711 "$folder"
