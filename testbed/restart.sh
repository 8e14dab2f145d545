#!/usr/bin/env bash
# restart.sh <part> [--away SECONDS]: ends a process of the testbed, and starts it again as up.sh did.
# Says when it is away, and ends when it is ready again; SIGTERM cuts the absence short. The engine is no such part: its
# containers would end with it.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/env.sh"
cd "$TESTBED_RUN" || exit 1
. "$here/parts.sh"
part=${1:-} away=0 pause=
[ "${2:-}" = --away ] && away=${3:?}
case $part in
  registry | etcd | apiserver | controller-manager | scheduler | containerd | kubelet | proxy | coredns) ;;
  *) echo "usage: restart.sh registry|etcd|apiserver|controller-manager|scheduler|containerd|kubelet|proxy|coredns [--away SECONDS]" >&2; exit 2 ;;
esac
alive "$part" || { echo "testbed: $part does not run; up.sh starts it" >&2; exit 1; }

# Whatever ends this script, the part comes back.
back() { kill $pause 2>/dev/null; stop "$part"; start "$part"; ready "$part"; }
trap back EXIT
trap 'exit 0' INT TERM HUP
stop "$part"
echo "testbed: $part is away"
sleep "$away" >/dev/null 2>&1 & pause=$!
wait "$pause"
exit 0
