/** What the spellings of one argument have in common: `toRun`, `to-run` and `to_run`. */
export function canonical(name: string): string {
  return name.replace(/[-_]/g, '').toLowerCase()
}

/** As it is written on the command line: `to-run`. */
export function flagOf(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase()
}
