import { existsSync } from 'node:fs'
import { register } from 'node:module'
import { dirname, join } from 'node:path'
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import type { FromLoader, LoaderData, SourceError } from './loader-messages.js'
import { fileOf, ownerOf } from './own-files.js'

/** A module of the project that was loaded. */
export interface LoadedModule {
  readonly url: string
  readonly file: string
  /** What runs, when it was transformed. */
  readonly code: string | undefined
}

export interface Unresolved {
  readonly parent: string
  readonly specifier: string
  readonly message: string
}

/** The main thread's view of the loader: what was loaded, and what could not be. */
export interface Loader {
  /** Looks for the tsconfig.json of the config. Returns what is wrong with it. */
  configure(mainPath: string): Promise<{ readonly tsconfig: string | undefined; readonly problem: string | undefined }>
  /** Takes in what has arrived; call it before reading the rest. */
  refresh(): void
  /** Whether the project was given the running CLI's copy of tiltts. */
  readonly lent: boolean
  /** By URL, in order of loading. */
  readonly modules: ReadonlyMap<string, LoadedModule>
  /** What each module imports: parent URL, then the specifier as written, then the URL. */
  readonly imports: ReadonlyMap<string, ReadonlyMap<string, string>>
  readonly unresolved: readonly Unresolved[]
  readonly sourceErrors: ReadonlyMap<string, readonly SourceError[]>
}

/** @param hooks URL of the module that holds the hooks. */
export function startLoader(hooks: string, data: Omit<LoaderData, 'port'>): Loader {
  const { port1, port2 } = new MessageChannel()
  register<LoaderData>(hooks, { data: { ...data, port: port2 }, transferList: [port2] })

  const modules = new Map<string, LoadedModule>()
  const imports = new Map<string, Map<string, string>>()
  const unresolved: Unresolved[] = []
  const sourceErrors = new Map<string, readonly SourceError[]>()
  let lent = false
  let onConfigured = (_problem: string | undefined): void => {}

  const take = (message: FromLoader): void => {
    if (message.type === 'module') modules.set(message.url, message)
    else if (message.type === 'unresolved') unresolved.push(message)
    else if (message.type === 'source-errors') sourceErrors.set(message.file, message.errors)
    else if (message.type === 'lent') lent ||= ownerOf(fileOf(message.parent) ?? '') === 'project'
    else if (message.type === 'configured') onConfigured(message.problem)
    else {
      const known = imports.get(message.parent) ?? new Map<string, string>()
      imports.set(message.parent, known.set(message.specifier, message.url))
    }
  }
  port1.on('message', take)
  port1.unref()

  return {
    async configure(mainPath) {
      const tsconfig = findTsconfig(dirname(mainPath))
      const problem = await new Promise<string | undefined>((resolve) => {
        onConfigured = resolve
        port1.ref()
        port1.postMessage({ type: 'configure', tsconfig })
      })
      port1.unref()
      return { tsconfig, problem }
    },
    refresh() {
      for (let got = receiveMessageOnPort(port1); got !== undefined; got = receiveMessageOnPort(port1)) {
        take(got.message as FromLoader)
      }
    },
    get lent() {
      return lent
    },
    modules,
    imports,
    unresolved,
    sourceErrors,
  }
}

function findTsconfig(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, 'tsconfig.json')
    if (existsSync(path)) return path
    if (dirname(at) === at) return undefined
  }
}
