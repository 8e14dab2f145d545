import { existsSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'

const starter = `// What runs here. Every function has documentation: let your editor show it.
import { localResource } from 'tiltts'

localResource('hello', {
  cmd: 'echo "Hello from tiltts"',
  // Runs again when one of these changes.
  deps: ['tilt.config.ts'],
})
`

/**
 * Where there is no config, asks on the terminal whether to write one to begin with. `go-on`: there is one, or the user does
 * without for now; `leave`: the user wants to leave.
 */
export async function offerStarter(path: string): Promise<'go-on' | 'leave'> {
  if (existsSync(path)) return 'go-on'
  process.stdout.write(`There is no ${basename(path)} here. Write one to begin with? (y/n) `)
  const key = await nextKey()
  process.stdout.write('\n')
  if (key === '\x03' || key === '\x04') return 'leave'
  if (key.toLowerCase() !== 'y') return 'go-on'
  writeFileSync(path, starter, { flag: 'wx' })
  process.stdout.write(`Wrote ${path}\n`)
  return 'go-on'
}

const answers: ReadonlySet<string> = new Set(['y', 'n', '\x03', '\x04'])

/** Keys other than the answers are passed over. */
function nextKey(): Promise<string> {
  const { stdin } = process
  return new Promise((resolve) => {
    stdin.setRawMode(true)
    const onData = (data: Buffer): void => {
      const key = [...data.toString('utf8')].find((each) => answers.has(each.toLowerCase()))
      if (key === undefined) return
      stdin.off('data', onData)
      stdin.setRawMode(false)
      stdin.pause()
      resolve(key)
    }
    stdin.on('data', onData)
    stdin.resume()
  })
}
