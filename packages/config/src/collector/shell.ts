/** argv that runs a text through the shell of the system. */
function shellArgv(text: string, platform: 'posix' | 'windows'): readonly string[] {
  return platform === 'windows' ? ['cmd', '/S', '/C', text.trim()] : ['sh', '-c', text.trim()]
}

/** argv of a command line: a text goes through the shell, a list is taken as it is. */
export function argvOf(written: string | readonly string[], platform: 'posix' | 'windows'): readonly string[] {
  return typeof written === 'string' ? shellArgv(written, platform) : [...written]
}

/** A command line as people wrote it, on one line. */
export function displayOf(written: string | readonly string[]): string {
  return typeof written === 'string' ? written.trim() : written.map(quoted).join(' ')
}

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)
