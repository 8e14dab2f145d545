import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ConfigHost, EvaluateRequest, Evaluation, Processes } from '@tiltts/runtime/ports'
import type { Diagnostic, LogLevel } from '@tiltts/spec'
import { systemClock } from '../../clock/index.js'
import { createProcesses } from '../../processes/index.js'
import { createConfigHost } from '../create-config-host.js'
import type { ConfigHostOptions } from '../options.js'
import type { BuiltHost } from './build-host.js'

/** Long enough for a busy machine to answer in time. */
export const blockedMs = 1_000

/** A real host with a project on disk. */
export interface RealHost {
  readonly host: ConfigHost
  readonly processes: Processes
  readonly folder: string
  /** Writes files by path in the project. */
  write(files: Readonly<Record<string, string>>): Promise<void>
  path(name: string): string
  /** Evaluates `tilt.config.ts`, or the file named. */
  evaluate(request?: Partial<EvaluateRequest>, signal?: AbortSignal): Promise<RealEvaluation>
  close(): Promise<void>
}

export interface RealEvaluation extends Evaluation {
  readonly printed: string
  readonly levels: readonly LogLevel[]
  /** `code file:line:column` of each diagnostic, files relative to the project. */
  readonly complaints: readonly string[]
}

/** @param setup.installed Whether the project has tiltts among its own packages. @default true */
export async function realHost(
  built: BuiltHost,
  { installed = true, ...options }: Partial<ConfigHostOptions> & { readonly installed?: boolean } = {},
): Promise<RealHost> {
  // macOS has links in the path of its temporary folder, and modules are known by their real path.
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'tiltts-config-host-')))
  const processes = createProcesses({ sessionId: folder, stateFolder: join(folder, '.state'), reaper: false })
  const host = createConfigHost({
    processes,
    clock: systemClock(),
    entry: built.entry,
    cliPackageDir: built.cliPackageDir,
    version: '1.2.3',
    keepStandby: false,
    ...options,
    limits: { blockedMs, ...options.limits },
  })
  if (installed) {
    await mkdir(join(folder, 'node_modules'))
    await symlink(built.cliPackageDir, join(folder, 'node_modules/tiltts'), 'dir')
  }
  const path = (name: string): string => join(folder, name)
  const short = ({ code, places }: Diagnostic): string => {
    const at = places[0]
    return at === undefined ? code : `${code} ${at.file.replace(`${folder}/`, '')}:${at.line}:${at.column}`
  }
  return {
    host,
    processes,
    folder,
    path,
    async write(files) {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(path(name)), { recursive: true })
        await writeFile(path(name), text)
      }
    },
    async evaluate(request = {}, signal = new AbortController().signal) {
      const printed: string[] = []
      const levels: LogLevel[] = []
      const evaluation = await host.evaluate(
        {
          mainPath: path('tilt.config.ts'),
          args: [],
          command: 'dev',
          env: { PATH: process.env['PATH'] ?? '', HOME: folder },
          onLog(text, level) {
            printed.push(text)
            levels.push(level)
          },
          ...request,
        },
        signal,
      )
      const complaints = evaluation.result.diagnostics.map(short)
      return { ...evaluation, printed: printed.join(''), levels, complaints }
    },
    async close() {
      await host.close()
      await processes.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
