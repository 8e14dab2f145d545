import { tmpdir } from 'node:os'
import type { Processes } from '@tiltts/runtime/ports'
import { type CommandRun, runCommand } from '../compose/run-command.js'

export interface Tool {
  readonly argv: readonly string[]
  readonly version: string
}

export interface ToolCandidate {
  readonly argv: readonly string[]
  /** What makes it tell its version. */
  readonly versionArgv: readonly string[]
  /** The version in its output, or why it cannot be used. */
  readonly versionOf: (output: string) => { readonly version: string } | { readonly unusable: string }
}

/** The first candidate that can be used, or why none can. */
export type FindTool = () => Promise<Tool | MissingTool>

export interface MissingTool {
  readonly missing: string
}

/** Looks for a tool once a session; again only as long as there is none. */
export function toolFinder(
  { processes, env }: { readonly processes: Processes; readonly env: Readonly<Record<string, string>> },
  candidates: readonly ToolCandidate[],
): FindTool {
  let found: Promise<Tool | MissingTool> | undefined

  const look = async (): Promise<Tool | MissingTool> => {
    const tried: string[] = []
    for (const { argv, versionArgv, versionOf } of candidates) {
      const run = await runCommand(processes, { argv: versionArgv, dir: tmpdir(), env })
      const told = answerOf(run, versionOf)
      if ('version' in told) return { argv, version: told.version }
      tried.push(`${versionArgv[0]}: ${told.unusable}`)
    }
    return { missing: tried.join('; ') }
  }

  return async () => {
    // All that load at once wait for one answer, whoever of them is stopped.
    found ??= look()
    const tool = await found
    if ('missing' in tool) found = undefined
    return tool
  }
}

function answerOf(run: CommandRun, versionOf: ToolCandidate['versionOf']): ReturnType<ToolCandidate['versionOf']> {
  if (!run.started) return { unusable: run.reason?.replace(/^spawn \w+: /, '') ?? 'it could not be started' }
  if (run.exitCode !== 0) return { unusable: run.stderr.trim() || `exit code ${run.exitCode}` }
  return versionOf(run.stdout)
}
