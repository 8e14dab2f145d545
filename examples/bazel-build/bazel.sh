#!/bin/sh
# Stands for `bazel run //api:image -- --norun`: generates code from proto/, and leaves an image bazel/api:image in local Docker.
set -eu
cd "$(dirname "$0")"
[ "$*" = 'run //api:image' ]
echo "INFO: Analyzed target //api:image"
out=$(mktemp -d)
trap 'rm -r "$out"' EXIT
cp api/* "$out"
echo "export const greeting = '$(cat proto/greeting.txt)'" > "$out/greeting.mjs"
docker build --quiet --tag bazel/api:image "$out"
echo "INFO: Build completed successfully"
