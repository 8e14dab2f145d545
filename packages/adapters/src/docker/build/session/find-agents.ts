import { randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Processes } from '@tiltts/runtime/ports'
import type { AgentSockets } from './ssh.js'

/** Agents for one build. */
export interface Agents {
  readonly sockets: AgentSockets
  /** Ends those that were started for the build. */
  close(): Promise<void>
}

interface Surroundings {
  readonly processes: Pick<Processes, 'spawn'>
  readonly env: Readonly<Record<string, string>>
}

/**
 * Reads what `docker build --ssh` takes: `default` (the user's agent), `id`, `id=socket`, `id=key,key`. Key files are given to
 * an agent that is started for this build.
 *
 * @throws Error which says what is missing
 */
export async function findAgents(specs: readonly string[], surroundings: Surroundings): Promise<Agents> {
  const sockets = new Map<string, string>()
  const closers: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => void (await Promise.all(closers.map((one) => one())))
  try {
    for (const spec of specs) {
      const [id = '', value] = spec.split(/=(.*)/s)
      const name = id.trim() || 'default'
      if (sockets.has(name)) throw new Error(`the SSH agent "${name}" is given twice`)
      const paths = value === undefined || value === '' ? [userAgent(name, surroundings.env)] : value.split(',')
      const [first = ''] = paths
      if (paths.length === 1 && isSocket(first)) {
        sockets.set(name, first)
        continue
      }
      const own = await startAgent(paths, surroundings)
      closers.push(own.close)
      sockets.set(name, own.socket)
    }
    return { sockets, close }
  } catch (error) {
    await close()
    throw error
  }
}

function userAgent(name: string, env: Readonly<Record<string, string>>): string {
  const socket = env['SSH_AUTH_SOCK']
  if (socket) return socket
  throw new Error(
    `the build asks for the SSH agent "${name}", but none is running: SSH_AUTH_SOCK is not set; start one with eval $(ssh-agent) and ssh-add, or name a key: ${name}=PATH`,
  )
}

function isSocket(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) throw new Error(`there is no SSH agent or key at ${path}`)
  return stats.isSocket()
}

/** An agent that knows these keys only. */
async function startAgent(
  keys: readonly string[],
  { processes, env }: Surroundings,
): Promise<{ readonly socket: string; readonly close: () => Promise<void> }> {
  for (const key of keys) if (isSocket(key)) throw new Error(`${key} is a socket, and cannot stand beside keys`)
  // Paths of sockets are short: about a hundred letters.
  const socket = join(tmpdir(), `tiltts-ssh-${randomUUID().slice(0, 13)}`)
  const agent = processes.spawn({
    argv: ['ssh-agent', '-D', '-a', socket],
    dir: tmpdir(),
    env,
    graceMs: 1000,
    oneOff: true,
  })
  const close = async (): Promise<void> => {
    await agent.stop(1000)
    await rm(socket, { force: true })
  }
  let ended: string | undefined
  void agent.exited.then(({ exitCode, reason }) => {
    ended = reason ?? `it ended with exit code ${exitCode}`
  })
  try {
    for (let pause = 1; statSync(socket, { throwIfNoEntry: false }) === undefined; pause = Math.min(2 * pause, 50)) {
      if (ended !== undefined) throw new Error(`keys are given to builds by ssh-agent, which does not run: ${ended}`)
      await sleep(pause)
    }
    for (const key of keys) await addKey(key, socket, { processes, env })
    return { socket, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function addKey(key: string, socket: string, { processes, env }: Surroundings): Promise<void> {
  let output = ''
  const adding = processes.spawn({
    argv: ['ssh-add', key],
    dir: tmpdir(),
    // Nobody is there to be asked for a passphrase.
    env: { ...env, SSH_AUTH_SOCK: socket, SSH_ASKPASS_REQUIRE: 'never', DISPLAY: '' },
    stdin: '',
    oneOff: true,
    onOutput: (text) => {
      output += text
    },
  })
  const { exitCode, reason } = await adding.exited
  if (exitCode === 0) return
  const why = output.trim() || reason || `ssh-add ended with exit code ${exitCode}`
  throw new Error(
    `the SSH key ${key} cannot be used: ${why}; if it has a passphrase, add it to your own agent and give "default"`,
  )
}
