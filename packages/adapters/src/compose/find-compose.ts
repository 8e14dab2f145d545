import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import type { Processes } from '@tiltts/runtime/ports'
import { InfraError } from '@tiltts/spec'
import { type CommandRun, runCommand } from './run-command.js'

/** The oldest that can do what is asked of it: `config --hash`, `up --wait`, `up --pull`. */
const oldest = [2, 2] as const

export interface FindComposeOptions {
  readonly processes: Processes
  readonly env: Readonly<Record<string, string>>
}

/**
 * Finds the command of Compose, once: TILT_DOCKER_COMPOSE_CMD, else `docker compose`, else `docker-compose`. Rejects with
 * `compose/missing` when there is none, or it is too old; then it is looked for again the next time.
 */
export function composeFinder(options: FindComposeOptions): (signal?: AbortSignal) => Promise<readonly string[]> {
  let found: readonly string[] | undefined
  return async (signal) => {
    found ??= await findCompose(options, signal)
    return found
  }
}

async function findCompose({ processes, env }: FindComposeOptions, signal?: AbortSignal): Promise<readonly string[]> {
  const given = env['TILT_DOCKER_COMPOSE_CMD']?.trim()
  const candidates = given ? [wordsOf(given)] : [['docker', 'compose'], ['docker-compose']]
  const tried: string[] = []
  for (const argv of candidates) {
    const run = await runCommand(processes, { argv: [...argv, 'version', '--short'], dir: tmpdir(), env, signal })
    const name = argv.join(' ')
    if (run.exitCode !== 0) {
      tried.push(`${name}: ${failureOf(run)}`)
      continue
    }
    const version = versionOf(run.stdout)
    if (version && isOlder(version)) {
      tried.push(`${name} is ${version.join('.')}, and ${oldest.join('.')} or later is needed`)
      continue
    }
    // A version that nobody can read is taken for a good one.
    return argv
  }
  const hint = given
    ? 'mend TILT_DOCKER_COMPOSE_CMD, or unset it'
    : 'install the Compose plugin of Docker (docs.docker.com/compose/install), or name another with TILT_DOCKER_COMPOSE_CMD'
  throw new InfraError(
    'compose/missing',
    'compose',
    `Docker Compose cannot be used: ${tried.join('; ')}. To go on, ${hint}`,
  )
}

/** A path may have spaces in it; other texts are a command with arguments. */
function wordsOf(given: string): readonly string[] {
  return existsSync(given) ? [given] : given.split(/\s+/)
}

function failureOf({ reason, stderr, exitCode }: CommandRun): string {
  const [first = ''] = stderr.trim().split('\n')
  // Without the plugin, docker takes the rest for its own.
  if (/unknown flag: --short|is not a docker command/.test(first)) return 'this docker has no compose plugin'
  return reason?.replace(/^spawn \w+: /, '') ?? (first || `exit code ${exitCode}`)
}

function versionOf(text: string): readonly [number, number, number] | undefined {
  const [, major, minor, patch] = /(\d+)\.(\d+)\.(\d+)/.exec(text) ?? []
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)]
}

function isOlder([major, minor]: readonly [number, number, number]): boolean {
  return major < oldest[0] || (major === oldest[0] && minor < oldest[1])
}
