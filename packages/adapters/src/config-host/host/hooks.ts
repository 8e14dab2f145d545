import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { InitializeHook, LoadHook, ResolveFnOutput, ResolveHook } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { endGroup } from './end-group.js'
import type { FromLoader, LoaderData, ToLoader } from './loader-messages.js'
import { fileOf, namesTiltts, ownerOf } from './own-files.js'
import { isModuleSource, SourceErrors, transformSource } from './transform.js'
import { openUpChannel } from './up-channel.js'

// These hooks run in a thread of their own. tsx resolves: extensions, folders, the paths of tsconfig.json. In front of it
// the project's own sources are made ES modules here, because tsx makes CommonJS of them where no package.json says
// "type": "module": then top-level await fails, and stacks point into data: URLs.

const checkParentEveryMs = 2_000

interface TsxHooks {
  initialize(options: { tsconfig: string | false }): Promise<void>
  readonly resolve: ResolveHook
  readonly load: LoadHook
}

interface State {
  readonly tsx: TsxHooks
  readonly cliParent: string
  readonly tell: (message: FromLoader) => void
  readonly announce: (file: string) => void
}

// CommonJS that was made here requires through these hooks too, and can only be given CommonJS.
const commonJsUrls = new Set<string>()
const requiredUrls = new Set<string>()
/** What is loaded before there is a config to evaluate concerns nobody. */
let isTelling = false
let state: State | undefined

function running(): State {
  if (state === undefined) throw new Error('the loader was not initialized')
  return state
}

export const initialize: InitializeHook<LoaderData> = async ({ port, lock, cliPackageDir, tellsEngine }) => {
  // Not typed by tsx: it is meant for --import, and is a pair of hooks all the same.
  const tsx = (await import(/* @vite-ignore */ 'tsx/esm' as string)) as TsxHooks
  await tsx.initialize({ tsconfig: false })
  const up = tellsEngine ? openUpChannel(lock) : undefined
  if (tellsEngine) leaveWithParent(process.ppid)
  state = {
    tsx,
    cliParent: pathToFileURL(join(cliPackageDir, 'package.json')).href,
    tell: (message) => {
      if (isTelling) port.postMessage(message)
    },
    announce: (file) => {
      if (isTelling) up?.send({ type: 'read', read: { path: file, kind: 'file' } })
    },
  }
  port.on('message', (message: ToLoader) => {
    isTelling = true
    void configure(message.tsconfig).then((problem) => port.postMessage({ type: 'configured', problem }))
  })
  port.unref()
  // Starts esbuild's service, so that the first module of a config finds it warm.
  void transformSource('warm.ts', 'let warm: number', 'module')
}

/** Notices the death of the engine also while the main thread is blocked and can notice nothing. */
function leaveWithParent(parent: number): void {
  setInterval(() => {
    if (process.ppid !== parent) endGroup()
  }, checkParentEveryMs).unref()
}

async function configure(tsconfig: string | undefined): Promise<string | undefined> {
  try {
    await running().tsx.initialize({ tsconfig: tsconfig ?? false })
    return undefined
  } catch (error) {
    return `${tsconfig}: ${error instanceof Error ? error.message : String(error)}`
  }
}

// Imports of this thread pass here too, those of tsx itself first of all.
export const resolve: ResolveHook = (specifier, context, next) =>
  state === undefined ? next(specifier, context) : resolveModule(specifier, context, next)
export const load: LoadHook = (url, context, next) =>
  state === undefined ? next(url, context) : loadModule(url, context, next)

const resolveModule: ResolveHook = async (specifier, context, next) => {
  const { tsx, tell, cliParent } = running()
  const parent = context.parentURL ?? ''
  // The builders that are loaded ahead are the running CLI's own.
  if (!isTelling && specifier === 'tiltts')
    return await tsx.resolve(specifier, { ...context, parentURL: cliParent }, next)
  try {
    const found = await tsx.resolve(specifier, context, next)
    if (commonJsUrls.has(parent)) requiredUrls.add(found.url)
    tell({ type: 'import', parent, specifier, url: found.url })
    return found
  } catch (error) {
    const lent = namesTiltts(specifier) ? await lend(specifier, context, next, cliParent) : undefined
    if (lent !== undefined) {
      // extensions come along with tiltts, so a project that has that lacks nothing
      if (!specifier.startsWith('@')) tell({ type: 'lent', parent })
      return lent
    }
    tell({ type: 'unresolved', parent, specifier, message: (error as Error).message })
    throw error
  }
}

/** A project without tiltts gets the running CLI's copy. */
async function lend(
  specifier: string,
  context: Parameters<ResolveHook>[1],
  next: Parameters<ResolveHook>[2],
  parentURL: string,
): Promise<ResolveFnOutput | undefined> {
  try {
    return await running().tsx.resolve(specifier, { ...context, parentURL }, next)
  } catch {
    // Neither has it: the complaint that counts is about the project.
    return undefined
  }
}

const loadModule: LoadHook = async (url, context, next) => {
  const { tsx, tell, announce } = running()
  const file = fileOf(url)
  const owner = file === undefined ? undefined : ownerOf(file)
  // Nothing is to be done to the builders as they ship, and tsx would look through them for half of the time there is.
  if (owner === 'tiltts' && url.endsWith('.js')) return await next(url, context)
  if (file === undefined || owner !== 'project') return await tsx.load(url, context, next)
  announce(file)
  const kind = await sourceKind(file, requiredUrls.has(url))
  if (kind === undefined) {
    tell({ type: 'module', url, file, code: undefined })
    return await tsx.load(url, context, next)
  }
  const { format, source } = kind
  if (format === 'commonjs') commonJsUrls.add(url)
  // tsx knows the tsconfig that says what decorators mean.
  if (format === 'module' && /^\s*@[A-Za-z_$]/m.test(source)) {
    tell({ type: 'module', url, file, code: undefined })
    return await tsx.load(url, { ...context, format }, next)
  }
  const code = await transformSource(file, source, format).catch((error: unknown) => {
    if (error instanceof SourceErrors) tell({ type: 'source-errors', file, errors: error.errors })
    throw error
  })
  tell({ type: 'module', url, file, code: code.slice(0, code.lastIndexOf('\n//# sourceMappingURL=') + 1) })
  return { format, source: code, shortCircuit: true }
}

/** What is to be made of a source file; `undefined` for what Node runs by itself. */
async function sourceKind(
  file: string,
  isRequired: boolean,
): Promise<{ readonly format: 'module' | 'commonjs'; readonly source: string } | undefined> {
  if (!/\.(?:[cm]?[jt]s|[jt]sx)$/.test(file)) return undefined
  const source = await readFile(file, 'utf8')
  const isModule = isModuleSource(file, source, { typeModule: () => isTypeModule(dirname(file)) })
  if (!isModule && !/\.(?:c?ts|tsx)$/.test(file)) return undefined
  return { format: isModule && !isRequired ? 'module' : 'commonjs', source }
}

function isTypeModule(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    const manifest = join(at, 'package.json')
    if (existsSync(manifest)) return /"type"\s*:\s*"module"/.test(readFileSync(manifest, 'utf8'))
    if (dirname(at) === at) return false
  }
}
