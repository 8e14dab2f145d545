/**
 * The reaper of a session, for any POSIX shell: `sh -c <this> tiltts-reaper <session id> <proc|ps> <grace time in tenths
 * of a second>`. A shell, since one sits beside each session and a shell takes a megabyte where Node takes forty.
 *
 * It reads lines: `start <group> <start time of its leader>`, `end <group>`, and `done` when nothing is left to do. When its
 * input ends without `done`, the engine has died, and what runs of the session is ended: SIGTERM, the grace time at most, SIGKILL.
 *
 * Of the session are the members of the groups named, as long as the leader has the start time named (ids are used again),
 * and all that carry the session in their environment (they may have left their group). Start times are clock ticks after boot
 * in `proc` mode, seconds since the epoch in `ps` mode; `slack` is by how much two of one process may differ.
 */
export const REAPER_SCRIPT = `
trap '' INT TERM HUP QUIT PIPE
id=$1 mode=$2 grace=$3 live=' '

# All processes: pid, group, state, start time.
if [ "$mode" = proc ]; then
  slack=0
  table() {
    for dir in /proc/[0-9]*; do
      { read -r line <"$dir/stat"; } 2>/dev/null || continue
      set -- \${line##*) }
      echo "\${dir#/proc/} $3 $1 \${20}"
    done
  }
else
  slack=3
  table() {
    now=$(date +%s)
    ps -A -o pid= -o pgid= -o stat= -o etime= | awk -v now="$now" '{
      n = split($4, part, /[-:]/)
      age = part[n] + 60 * part[n-1] + 3600 * part[n-2] + 86400 * part[n-3]
      printf "%s %s %s %.0f\\n", $1, $2, $3, now - age
    }'
  }
fi

# Those that carry the session in their environment.
if [ "$mode" = ps ]; then
  carriers() {
    { ps -A -E -ww -o pid= -o command= || ps axeww -o pid= -o args=; } 2>/dev/null |
      while read -r pid words; do
        case " $words " in *" TILTTS_SESSION=$id "*) echo "$pid" ;; esac
      done
  }
elif { printf 'a\\0b\\0' | grep -zxF b; } >/dev/null 2>&1; then
  carriers() {
    grep -lzxF "TILTTS_SESSION=$id" /proc/[0-9]*/environ 2>/dev/null | while IFS=/ read -r _ _ pid _; do echo "$pid"; done
  }
else
  carriers() {
    for dir in /proc/[0-9]*; do
      { tr '\\0' '\\n' <"$dir/environ"; } 2>/dev/null | grep -qxF "TILTTS_SESSION=$id" && echo "\${dir#/proc/}"
    done
  }
fi

# The groups of the session whose leader is still the one that was named.
confirmed() {
  while read -r pid _ _ began; do
    case $live in
      *" $pid:"*)
        named=\${live#*" $pid:"}
        named=\${named%% *}
        apart=$((began - named))
        [ "$apart" -ge "-$slack" ] && [ "$apart" -le "$slack" ] && echo "$pid" ;;
    esac
  done
}

members() {
  while read -r pid group state _; do
    case $state in Z*) continue ;; esac
    case $groups in *" $group "*) echo "$pid" ;; esac
  done
}

victims() { { table | members; carriers; } | sort -un; }

while read -r what group since; do
  case $what in
    start) live="$live$group:$since " ;;
    end)
      case $live in
        *" $group:"*)
          rest=\${live#*" $group:"}
          live="\${live%%" $group:"*} \${rest#* }" ;;
      esac ;;
    done) exit 0 ;;
  esac
done

# Which of the processes in $left run.
running() {
  while read -r pid _ state _; do
    case $state in Z*) continue ;; esac
    case $left in *" $pid "*) echo "$pid" ;; esac
  done
}

one_line() { tr '\\n' ' '; }

groups=' '
look() {
  groups="$groups$(table | confirmed | one_line) "
  left=" $(victims | one_line)"
}

look
[ "$left" = ' ' ] || kill -TERM $left 2>/dev/null
turn=0
while [ "$turn" -lt "$grace" ] && [ "$left" != ' ' ]; do
  sleep 0.1 2>/dev/null || { sleep 1; turn=$((turn + 9)); }
  turn=$((turn + 1))
  left=" $(table | running | one_line)"
done
# What was ended may have started others on its way out, and a list made meanwhile may have holes: twice nothing is the end.
turn=0 quiet=0
while [ "$turn" -lt 10 ] && [ "$quiet" -lt 2 ]; do
  look
  if [ "$left" = ' ' ]; then
    quiet=$((quiet + 1))
  else
    quiet=0
    kill -KILL $left 2>/dev/null
    sleep 0.1 2>/dev/null || sleep 1
  fi
  turn=$((turn + 1))
done
`
