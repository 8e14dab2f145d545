import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import type { Diagnostic, EvaluationResult, GraphSpec, ImageNode, LocalResourceNode, Place } from '@tiltts/spec'
import { isTiltError, type UserError } from '@tiltts/spec'
import { type Collector, type CollectorOptions, createCollector, installCollector } from '../collector/index.js'

/** What a test reads off an evaluation. */
export interface Evaluated {
  readonly result: EvaluationResult
  readonly collector: Collector
  /** Folder of the main config. */
  readonly folder: string
  readonly errors: readonly Diagnostic[]
  readonly warnings: readonly Diagnostic[]
  /** The graph, which must be there. */
  graph(): GraphSpec
  /** A resource of the graph, which must be there. */
  resource(name: string): LocalResourceNode
  /** An image of the graph, which must be there. */
  image(ref: string): ImageNode
  /** Paths that were read, in the config's folder, without the config and its .tiltignore. */
  readonly reads: readonly string[]
}

export interface EvaluateOptions extends Partial<Omit<CollectorOptions, 'mainPath'>> {
  /** Files beside the main config, by relative path. */
  readonly files?: Readonly<Record<string, string>> | undefined
  /** Variables set during the evaluation; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
}

const folders: string[] = []
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** Makes a folder with files, for as long as the test process lives. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tiltts-config-')))
  folders.push(folder)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

/** Runs a function as a config, in this process. What it throws becomes a diagnostic, as the host does it. */
export async function evaluate(config: () => unknown, options: EvaluateOptions = {}): Promise<Evaluated> {
  const { files = {}, env = {}, ...rest } = options
  const folder = folderOf(files)
  const before = { ...process.env }
  setEnvironment({ ...before, ...env })
  const collector = createCollector({ ...defaults(folder), ...rest })
  const uninstall = installCollector(collector)
  const failure: Diagnostic[] = []
  try {
    await config()
  } catch (error) {
    failure.push(...diagnosticsOf(error))
  }
  const result = await collector.result(failure)
  uninstall()
  setEnvironment(before)
  const resource = (name: string): LocalResourceNode => {
    const found = graph().resources.find((node) => node.name === name)
    if (found === undefined) throw new Error(`no resource ${name}`)
    return found
  }
  const image = (ref: string): ImageNode => {
    const found = graph().images.find((node) => node.ref === ref)
    if (found === undefined) throw new Error(`no image ${ref}`)
    return found
  }
  const graph = (): GraphSpec => {
    if (result.graph === undefined) throw new Error(`no graph: ${result.diagnostics.map((d) => d.message).join('\n')}`)
    return result.graph
  }
  const severe = (severity: Diagnostic['severity']): readonly Diagnostic[] =>
    result.diagnostics.filter((diagnostic) => diagnostic.severity === severity)
  const standing = ['tilt.config.ts', '.tiltignore']
  const reads = result.reads.map(({ path }) => relative(folder, path)).filter((path) => !standing.includes(path))
  return {
    result,
    collector,
    folder,
    errors: severe('error'),
    warnings: severe('warning'),
    graph,
    resource,
    image,
    reads,
  }
}

function defaults(folder: string): CollectorOptions {
  return {
    mainPath: join(folder, 'tilt.config.ts'),
    args: [],
    command: 'dev',
    platform: 'posix',
    version: '0.1.0',
    places: testPlaces,
    exec: () => Promise.reject(new Error('no exec in this test')),
    hashFunction: (fn) => `hash of ${String(fn)}`,
    log: () => undefined,
  }
}

/** Frames in test files, up to the one that runs the config. */
function testPlaces(error: Error): readonly Place[] {
  const stack = error.stack?.split('testing/evaluate.ts')[0] ?? ''
  return [...stack.matchAll(/(\/[^\s():]+\.test\.ts):(\d+):(\d+)/g)].map(([, file = '', line, column]) => ({
    file,
    line: Number(line),
    column: Number(column),
  }))
}

export function diagnosticsOf(error: unknown): readonly Diagnostic[] {
  if (isTiltError(error) && error.class === 'user') return (error as UserError).diagnostics
  return [{ code: 'config/threw', severity: 'error', message: String(error), places: [] }]
}

function setEnvironment(wanted: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(process.env)) if (wanted[name] === undefined) delete process.env[name]
  for (const [name, value] of Object.entries(wanted)) if (value !== undefined) process.env[name] = value
}
