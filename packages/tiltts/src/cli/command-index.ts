/** Flags with a value that may stand before the command's name. */
const valueFlags: ReadonlySet<string> = new Set([
  '--port',
  '--host',
  '--file',
  '-f',
  '--context',
  '--namespace',
  '--klog',
])

/** Where the command's name stands; `undefined` when there is none. */
export function commandIndex(argv: readonly string[]): number | undefined {
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? ''
    if (word === '--') return undefined
    if (!word.startsWith('-')) return i
    if (valueFlags.has(word)) i++
  }
  return undefined
}
