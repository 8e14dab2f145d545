export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const
export type Shell = (typeof shells)[number]

/** Of the command that answers what a word can be; `help` does not show it. */
export const completeCommand = '__complete'

/**
 * The script that makes a shell complete `tiltts`. It asks `tiltts` itself at each key press, so that it knows the commands and
 * flags of the version that is installed, and the resources of the session that runs.
 */
export function completionScript(shell: Shell): string {
  return scripts[shell]
}

const scripts: Readonly<Record<Shell, string>> = {
  bash: `# bash completion for tiltts. Load it with: source <(tiltts completion bash)
_tiltts() {
  local cur line words
  cur="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  while IFS= read -r line; do
    line="\${line%%$'\\t'*}"
    [[ $line == "$cur"* ]] && COMPREPLY+=("$(printf '%q' "$line")")
  done < <(tiltts ${completeCommand} -- "\${words[@]}" 2>/dev/null)
  [[ \${#COMPREPLY[@]} -eq 0 ]] && compopt -o default 2>/dev/null
  return 0
}
complete -F _tiltts tiltts
`,
  zsh: `#compdef tiltts
# zsh completion for tiltts. Load it with: source <(tiltts completion zsh)
_tiltts() {
  local line value
  local -a found
  for line in "\${(@f)$(tiltts ${completeCommand} -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -z $line ]] && continue
    value="\${line%%$'\\t'*}"
    found+=("\${value//:/\\\\:}\${\${line#$value}/$'\\t'/:}")
  done
  if (( \${#found} )); then _describe 'tiltts' found; else _files; fi
}
if [[ \${funcstack[1]} == _tiltts ]]; then _tiltts "$@"; else compdef _tiltts tiltts; fi
`,
  fish: `# fish completion for tiltts. Load it with: tiltts completion fish | source
function __tiltts_complete
  set -l words (commandline -opc)[2..-1] (commandline -ct)
  tiltts ${completeCommand} -- $words 2>/dev/null
end
complete -c tiltts -f -a '(__tiltts_complete)'
`,
  powershell: `# PowerShell completion for tiltts. Load it with: tiltts completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName tiltts -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($wordToComplete -eq '') { $words += '""' }
  tiltts ${completeCommand} '--' @words 2>$null | ForEach-Object {
    $value, $text = $_ -split "\`t", 2
    if ($value -like "$wordToComplete*") {
      [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $(if ($text) { $text } else { $value }))
    }
  }
}
`,
}
