/**
 * A shell script that ends a process with all its descendants: SIGTERM, a second later SIGKILL to those that are left. It
 * needs `/proc` only, no `ps`.
 */
export function endProcessesScript(pid: number): string {
  return `
descendants() {
  for stat in /proc/[0-9]*/stat; do
    { read -r line <"$stat"; } 2>/dev/null || continue
    child=\${line%% *}
    rest=\${line##*) }
    set -- "$1" $rest
    if [ "$3" = "$1" ]; then echo "$child"; descendants "$child"; fi
  done
}
pids="$(descendants ${pid}) ${pid}"
kill -TERM $pids 2>/dev/null
sleep 1
kill -KILL $pids 2>/dev/null
:`.trim()
}
