import type { Compose, ComposeEnd, ComposeRequest, ComposeUp, Processes } from '@tiltts/runtime/ports'
import { InfraError } from '@tiltts/spec'
import { composeEnv } from './compose-env.js'
import { composeOutput, engineAway, lastWords } from './compose-output.js'
import { composeFinder } from './find-compose.js'
import { loadProject } from './load-project.js'
import { projectArgv, projectEnv } from './project-argv.js'
import { projectMemory } from './project-memory.js'
import { runCommand } from './run-command.js'

export interface ComposeOptions {
  readonly processes: Processes
  /** Of the session: it decides the engine, the command (TILT_DOCKER_COMPOSE_CMD) and what compose files interpolate. */
  readonly env: Readonly<Record<string, string>>
}

/** Enough of the end of an output to find the last words in. */
const KEPT_CHARACTERS = 16 * 1024

/**
 * Docker Compose by its command. Loading a project takes two runs of it side by side, unless all files that decide it hold
 * what they held the last time.
 *
 * @example
 * const compose = createCompose({ processes, env: process.env })
 * const { project, diagnostics } = await compose.load({ dir: '/shop', files: ['/shop/compose.yaml'] }, signal)
 */
export function createCompose(options: ComposeOptions): Compose {
  const { processes } = options
  const env = composeEnv(options.env)
  const find = composeFinder({ processes, env })
  const memory = projectMemory()

  /** Runs a command of Compose on a project. */
  const command = async (
    project: ComposeRequest['project'],
    argv: readonly string[],
    onOutput: ComposeRequest['onOutput'],
    signal: AbortSignal,
  ): Promise<ComposeEnd> => {
    signal.throwIfAborted()
    const output = composeOutput(onOutput)
    const run = await runCommand(processes, {
      argv: [...(await find(signal)), ...argv],
      dir: project.dir,
      env: projectEnv(project, env),
      signal,
      onOutput: output.onOutput,
      keep: KEPT_CHARACTERS,
    })
    output.end()
    const { exitCode, stderr, reason, started } = run
    if (!started) throw new InfraError('compose/missing', 'compose', `Docker Compose could not be started: ${reason}`)
    if (exitCode === 0) return { exitCode }
    const error = lastWords(stderr) ?? reason
    const away = error && engineAway(error)
    if (away) throw new InfraError('docker/unreachable', 'docker', away, { retry: true })
    return { exitCode, error }
  }

  const upOne = async (
    service: string,
    { project, onOutput, wait, recreate }: ComposeRequest & ComposeUp,
    signal: AbortSignal,
  ): Promise<ComposeEnd> => {
    const argv = [
      ...(await projectArgv(project)),
      ...['up', '--detach', '--no-deps', '--no-build', '--pull', 'missing'],
      ...(wait ? ['--wait'] : []),
      ...(recreate ? ['--force-recreate'] : []),
      service,
    ]
    const end = await command(project, argv, onOutput, signal)
    // A service that has done its work is as up as it can be.
    return end.exitCode !== 0 && wait && hasCompleted(end.error) ? { exitCode: 0 } : end
  }

  return {
    async load(ref, signal) {
      signal.throwIfAborted()
      const known = await memory.recall(ref)
      if (known) return known
      const loaded = await loadProject({ processes, env, command: await find(signal) }, ref, signal)
      await memory.keep(ref, loaded)
      return loaded.load
    },

    build: async ({ project, services, onOutput }, signal) =>
      command(project, [...(await projectArgv(project)), 'build', ...services], onOutput, signal),

    // One after another: brought up together, services that depend on each other get other hashes than alone.
    async up(request, signal) {
      for (const service of request.services) {
        const end = await upOne(service, request, signal)
        if (end.exitCode !== 0) return end
      }
      return { exitCode: 0 }
    },

    // By its name alone Compose finds all that it has made, also what the files do not have any more.
    remove: ({ project, services, onOutput }, signal) =>
      command(project, ['--project-name', project.name, 'rm', '--stop', '--force', ...services], onOutput, signal),

    down: ({ project, volumes, onOutput }, signal) =>
      command(
        project,
        ['--project-name', project.name, 'down', '--remove-orphans', ...(volumes ? ['--volumes'] : [])],
        onOutput,
        signal,
      ),
  }
}

function hasCompleted(error: string | undefined): boolean {
  return error !== undefined && /^container \S+ exited \(0\)$/.test(error)
}
