import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { ConfigRead } from '@tiltts/spec'
import type { Loader } from '../loader.js'
import { fileOf, namesTiltts, ownerOf } from '../own-files.js'
import { userFrames } from '../stack-frames.js'
import { reachOf } from './reach.js'
import { type Statement, statementsOf } from './statements.js'

export interface HashSources {
  readonly loader: Loader
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly version: string
  /** What the config read by itself. */
  readonly reads: readonly ConfigRead[]
  /** What `exec` ran, with the output, and what `renderYaml` read. */
  readonly commands: readonly unknown[]
  /** The context of the session. */
  readonly kubernetes: unknown
}

const readers = new Set('readFile readJson readYaml readYamlStream listDir dotenv include * default'.split(' '))

/**
 * Makes the hash by which a function is known to be the same after a reload. It covers the function's text, all that
 * it can reach in its module, the modules it imports, the arguments, and what the config read if the function can reach
 * a call that reads. Rather too much than too little: a needless restart is better than a stale function.
 */
export function createFunctionHash(sources: HashSources): (fn: (...args: never[]) => unknown, madeAt: Error) => string {
  const { loader } = sources
  const codeOf = (url: string): string | undefined => {
    const module = loader.modules.get(url)
    return module && (module.code ?? contentOf(module.file))
  }
  const parsed = new Map<string, readonly Statement[]>()
  const moduleOf = (url: string): readonly Statement[] => {
    const known = parsed.get(url)
    if (known !== undefined) return known
    const code = codeOf(url)
    const made = code === undefined ? [] : statementsOf(code)
    parsed.set(url, made)
    return made
  }
  // Both are the same for all functions of an evaluation, and made only if one asks.
  const reads = once(() => {
    const modules = new Set([...loader.modules.values()].map(({ file }) => file))
    return sources.reads.filter(({ path }) => !modules.has(path)).map((read) => [read.path, fingerprint(read)])
  })
  // The arguments that are kept in a file count as given.
  const savedArgs = once(() =>
    sources.reads.filter(({ path }) => basename(path) === 'tilt_config.json').map(fingerprint),
  )
  const env = once(() => Object.entries(sources.env).toSorted())

  return (fn, madeAt) => {
    loader.refresh()
    const source = String(fn)
    const frames = userFrames(madeAt)
    const calls = frames.map(({ file, inCode }) => ({
      url: inCode?.url ?? [...loader.modules.values()].find((module) => module.file === file)?.url ?? '',
      line: inCode?.at.line,
    }))
    const { statements, imports } = reachOf(source, calls, moduleOf)
    const parts: unknown[] = [sources.args, savedArgs(), source, [...statements].toSorted()]
    const modules = new Set<string>()
    const builders = new Set<string>()
    for (const { parent, name } of imports) {
      if (namesTiltts(name.specifier)) builders.add(name.imported)
      else addModule(modules, builders, loader, loader.imports.get(parent)?.get(name.specifier) ?? name.specifier)
    }
    parts.push([...modules].toSorted().map((url) => [url, moduleIdentity(url, codeOf)]))
    if (builders.size > 0) parts.push(sources.version)
    if ([...builders].some((name) => readers.has(name))) parts.push(reads())
    if (builders.has('env') || builders.has('dotenv') || builders.has('*')) parts.push(env())
    if (['exec', 'renderYaml', '*'].some((name) => builders.has(name))) parts.push(sources.commands)
    if (['k8sContext', 'k8sNamespace', '*'].some((name) => builders.has(name))) parts.push(sources.kubernetes)
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
  }
}

/** A module with all that it imports, as far as it is the project's own. */
function addModule(modules: Set<string>, builders: Set<string>, loader: Loader, url: string): void {
  if (modules.has(url)) return
  modules.add(url)
  for (const [specifier, imported] of loader.imports.get(url) ?? []) {
    // Which of the builders it calls is not looked into.
    if (namesTiltts(specifier)) builders.add('*')
    else addModule(modules, builders, loader, imported)
  }
}

function moduleIdentity(url: string, codeOf: (url: string) => string | undefined): string {
  const code = codeOf(url)
  if (code !== undefined) return code
  const file = fileOf(url)
  if (file === undefined) return url
  return ownerOf(file) === 'package' ? packageVersion(file) : contentOf(file)
}

/** Packages do not change but by being installed anew. */
function packageVersion(file: string): string {
  for (let at = dirname(file); dirname(at) !== at; at = dirname(at)) {
    const manifest = join(at, 'package.json')
    if (existsSync(manifest)) {
      const { name, version } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string; version?: string }
      if (name !== undefined && version !== undefined) return `${name}@${version}`
    }
  }
  return contentOf(file)
}

function fingerprint({ path }: ConfigRead): string {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return 'absent'
  return stat.isFile() ? contentOf(path) : `folder ${stat.mtimeMs}`
}

/** The content of a file; one that went away meanwhile has none. */
function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    return `cannot be read: ${(error as NodeJS.ErrnoException).code}`
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
