import { homedir } from 'node:os'
import type { Processes } from '@tiltts/runtime/ports'
import type { RegistryAuth } from '../registry-auth.js'
import type { Env } from './config-folder.js'

interface HelperOptions {
  readonly processes: Processes
  readonly env: Env
}

/** Long enough for one that asks the user, or a cloud. */
const GRACE_MS = 1000

/**
 * A login kept by `docker-credential-<name>`. `undefined` when it has none, is not installed or fails: then the registry
 * is spoken to without login, as the docker command does, and says itself what it wants.
 */
export async function askHelper(
  name: string,
  server: string,
  options: HelperOptions,
): Promise<RegistryAuth | undefined> {
  const answer = await run(name, 'get', server, options)
  if (!answer || typeof answer['Username'] !== 'string' || typeof answer['Secret'] !== 'string') return undefined
  const { Username: username, Secret: secret } = answer
  if (username === '<token>') return { identitytoken: secret, serveraddress: server }
  return { username, password: secret, serveraddress: server }
}

/** The servers that a helper has logins for. */
export async function listHelper(name: string, options: HelperOptions): Promise<readonly string[]> {
  return Object.keys((await run(name, 'list', '', options)) ?? {})
}

async function run(
  name: string,
  action: 'get' | 'list',
  stdin: string,
  { processes, env }: HelperOptions,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  let out = ''
  const running = processes.spawn({
    argv: [`docker-credential-${name}`, action],
    dir: homedir(),
    env,
    stdin,
    graceMs: GRACE_MS,
    oneOff: true,
    onOutput: (text, stream) => {
      if (stream === 'stdout') out += text
    },
  })
  const { exitCode } = await running.exited
  if (exitCode !== 0) return undefined
  try {
    const answer: unknown = JSON.parse(out)
    return typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : undefined
  } catch {
    // Helpers that have nothing print what they like.
    return undefined
  }
}
