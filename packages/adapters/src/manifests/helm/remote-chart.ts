import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Processes } from '@tiltts/runtime/ports'
import type { HelmRemote } from '@tiltts/spec'
import { type CommandRun, runCommand } from '../../compose/run-command.js'

interface RemoteChart {
  readonly processes: Processes
  readonly env: Readonly<Record<string, string>>
  readonly helm: readonly string[]
  readonly chart: string
  readonly remote: HelmRemote
  readonly signal: AbortSignal
}

/** How the command line names a chart that is fetched. */
interface NamedChart {
  readonly named: string
  readonly flags: readonly string[]
  /** To the environment. */
  readonly changes?: Readonly<Record<string, string>> | undefined
}

/**
 * Calls `run` with what names the chart. A password goes to helm by its standard input and a folder that is removed, never
 * by a command line that all can read.
 */
export async function withRepository(
  chart: RemoteChart,
  run: (named: NamedChart) => Promise<CommandRun>,
): Promise<CommandRun> {
  const { repoUrl, username, password } = chart.remote
  const isOci = repoUrl?.startsWith('oci://') ?? chart.chart.startsWith('oci://')
  const named = isOci && repoUrl ? `${repoUrl.replace(/\/$/, '')}/${chart.chart}` : chart.chart
  if (username === undefined || password === undefined) {
    return run({ named, flags: repoUrl && !isOci ? ['--repo', repoUrl] : [] })
  }
  const folder = await mkdtemp(join(tmpdir(), 'tiltts-helm-'))
  try {
    const changes = {
      HELM_REGISTRY_CONFIG: join(folder, 'registry.json'),
      HELM_REPOSITORY_CONFIG: join(folder, 'repositories.yaml'),
      HELM_REPOSITORY_CACHE: join(folder, 'cache'),
    }
    const access = ['--username', username, '--password-stdin']
    const login = isOci
      ? ['registry', 'login', new URL(named.replace(/^oci:/, 'https:')).host, ...access]
      : ['repo', 'add', 'remote', repoUrl ?? '', ...access]
    const loggedIn = await runCommand(chart.processes, {
      argv: [...chart.helm, ...login],
      dir: folder,
      env: { ...chart.env, ...changes },
      stdin: password,
      signal: chart.signal,
    })
    if (loggedIn.exitCode !== 0) return loggedIn
    return await run({ named: isOci ? named : `remote/${named}`, flags: [], changes })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
