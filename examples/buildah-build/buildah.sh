#!/bin/sh
# Stands for buildah, which needs no Docker engine. What it builds is nowhere but in the registry when it is done.
#   buildah.sh bud -t <ref> <context>
#   buildah.sh push <ref>
set -eu
case $1 in
  bud)
    docker build --quiet --tag "$3" "$4"
    echo "STEP: built $3"
    ;;
  push)
    docker push --quiet "$2"
    docker image rm "$2" > /dev/null
    echo "STEP: pushed $2"
    ;;
esac
