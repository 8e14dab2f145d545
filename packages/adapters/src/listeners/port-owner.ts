import { execFile } from 'node:child_process'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { promisify } from 'node:util'

/**
 * Who listens on a port of this machine, for people: `node server.js (process 4711)`. `undefined`: it cannot be told, as
 * with processes of other users.
 */
export async function portOwner(port: number): Promise<string | undefined> {
  return process.platform === 'linux' ? byProc(port) : byLsof(port)
}

const LISTEN = '0A'
const SHOWN = 80

async function byProc(port: number): Promise<string | undefined> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const inodes = new Set<string>()
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const text = await readFile(table, 'utf8').catch(() => '')
    for (const line of text.split('\n').slice(1)) {
      const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/)
      if (state === LISTEN && local.endsWith(`:${hex}`) && inode !== undefined) inodes.add(`socket:[${inode}]`)
    }
  }
  if (inodes.size === 0) return undefined
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    // Those of others cannot be looked into, and some end meanwhile.
    for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')
      if (inodes.has(target)) return named(await commandOf(pid), pid)
    }
  }
  return undefined
}

async function commandOf(pid: string): Promise<string> {
  const argv = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return argv.split('\0').join(' ').trim()
}

async function byLsof(port: number): Promise<string | undefined> {
  const argv = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']
  const { stdout } = await promisify(execFile)('lsof', argv, { timeout: 3000 }).catch(() => ({ stdout: '' }))
  const pid = /^p(\d+)$/m.exec(stdout)?.[1]
  return pid === undefined ? undefined : named(/^c(.*)$/m.exec(stdout)?.[1] ?? '', pid)
}

function named(command: string, pid: string): string {
  const short = command.length > SHOWN ? `${command.slice(0, SHOWN)}…` : command
  return short === '' ? `process ${pid}` : `${short} (process ${pid})`
}
