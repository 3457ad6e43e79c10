#!/bin/sh
# Makes the secrets of the composed deployment: one file each in docker/secrets/, for the one who runs this alone.
# A job of docker-compose.yml (docker/handout.py) gives each service its own. A file that is there stays as it is, so a
# new user or a new release needs one more run and nothing else.
set -eu
umask 077
folder=${1:-$(dirname "$0")/secrets}
mkdir -p "$folder"
for name in admin broker controller \
    maskgate-mask maskgate-gate maskgate-lineage maskgate-watch maskgate-console maskgate-admin webhook; do
  [ -s "$folder/$name" ] || od -An -N24 -tx1 /dev/urandom | tr -d ' \n' > "$folder/$name"
done
[ -s "$folder/cluster-id" ] || od -An -N16 -tx1 /dev/urandom | tr -d ' \n' | cut -c1-22 | tr -d '\n' > "$folder/cluster-id"
# An earlier release left them open to all.
chmod 0600 "$folder"/*
chmod 0700 "$folder"
