import { posix } from 'node:path'
import type { Diagnostic, Place } from '@tiltts/spec'
import type { Clock } from '../ports/clock.js'
import type { BuildOutcome } from '../ports/docker.js'
import type { BuildEvent, ImageBuildRequest } from '../ports/image-build.js'
import { type FakeImage, type FakeImageConfig, type FakeImages, imageId, scratch } from './fake-docker-images.js'
import { findContainerProgram, type ProgramTable, runProgram } from './fake-docker-programs.js'
import { type FakeSource, sourceEntry, sourceTree } from './fake-docker-source.js'
import { type FakeTree, type FakeTreeEntry, fakeTree, fileEntry, sha256 } from './fake-docker-tree.js'
import {
  commandOf,
  expandArgs,
  type FakeInstruction,
  type FakeStage,
  pairsOf,
  readFakeDockerfile,
} from './fake-dockerfile.js'

export interface FakeBuilderParts {
  readonly clock: Clock
  readonly source: FakeSource
  readonly programs: ProgramTable
  readonly images: FakeImages
  readonly platform: string
  /** What steps left behind, by all that went into them. */
  readonly cache: Map<string, FakeLayer>
}

/** What a step leaves behind. */
export interface FakeLayer {
  readonly key: string
  readonly tree: FakeTree
  readonly config: FakeImageConfig
  readonly madeAt: number
}

/** What the user did wrong. */
class BuildFailure extends Error {
  readonly line: number
  readonly code: Diagnostic['code']
  constructor(message: string, line: number, code: Diagnostic['code'] = 'image/build-failed') {
    super(message)
    this.line = line
    this.code = code
  }
}

/** Builds as far as the fake understands Dockerfiles: stages, FROM, COPY, RUN and what only changes the image's config. */
export async function fakeBuild(
  parts: FakeBuilderParts,
  request: ImageBuildRequest,
  onEvent: (event: BuildEvent) => void,
  signal: AbortSignal,
): Promise<BuildOutcome> {
  try {
    const image = await buildImage(parts, request, onEvent, signal)
    for (const tag of request.tags) parts.images.tag(image.id, tag)
    return { ok: true, imageId: image.id }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof BuildFailure)) throw error
    const { code, message, line } = error
    return { ok: false, failure: { code, severity: 'error', message, places: placesOf(request, line) } }
  }
}

async function buildImage(
  parts: FakeBuilderParts,
  request: ImageBuildRequest,
  onEvent: (event: BuildEvent) => void,
  signal: AbortSignal,
): Promise<FakeImage> {
  const { clock, images, cache } = parts
  const file = readFakeDockerfile(request.dockerfile)
  if (file.problem) {
    const message = `dockerfile parse error on line ${file.problem.line}: ${file.problem.message}`
    throw new BuildFailure(message, file.problem.line, 'config/invalid-dockerfile')
  }
  const context = await contextOf(parts.source, request, signal)
  const platform = request.platform ?? parts.platform
  const done = new Map<FakeStage, Promise<FakeLayer>>()
  const globals = new Map<string, string>()
  for (const { text } of file.args) declare(globals, text)

  function declare(args: Map<string, string>, text: string): void {
    const [name = '', otherwise] = text.split(/=(.*)/s)
    const value = request.buildArgs[name] ?? otherwise?.replaceAll(/^"|"$/g, '') ?? globals.get(name)
    if (value !== undefined) args.set(name, value)
  }

  const target = request.target
  const last =
    target === undefined
      ? file.stages.at(-1)
      : (file.stages.find(({ name }) => name === target) ?? file.stages[Number.parseInt(target, 10)])
  if (last === undefined) throw new BuildFailure(`target stage "${target}" could not be found`, 1)

  /** A stage before this one, or an image. */
  const layerOf = async (ref: string, before: FakeStage, line: number): Promise<FakeLayer> => {
    const stages = file.stages.slice(0, file.stages.indexOf(before))
    const stage = stages.find(({ name }) => name === ref) ?? (/^\d+$/.test(ref) ? stages[Number(ref)] : undefined)
    if (stage) return stageLayer(stage)
    const image = ref === 'scratch' ? scratch : images.find(ref)
    if (image === undefined) throw new BuildFailure(`${ref}: not found`, line)
    return { key: image.id, tree: image.tree, config: image.config, madeAt: image.createdAt }
  }

  const stageLayer = (stage: FakeStage): Promise<FakeLayer> => {
    const layer = done.get(stage) ?? runStage(stage)
    done.set(stage, layer)
    return layer
  }

  const runStage = async (stage: FakeStage): Promise<FakeLayer> => {
    const steps =
      stage.instructions.filter(({ name }) => name === 'COPY' || name === 'ADD' || name === 'RUN').length + 1
    const label = stage.name === undefined ? '' : `${stage.name} `
    const from = expandArgs(stage.from, globals)
    let layer = await layerOf(from, stage, stage.line)
    const base = { id: `${stage.line}`, name: `[${label}1/${steps}] FROM ${from}` }
    onEvent({ kind: 'step', ...base, state: 'cached', startedAt: clock.now(), finishedAt: clock.now() })
    const args = new Map<string, string>()
    let number = 1
    for (const instruction of stage.instructions) {
      signal.throwIfAborted()
      if (instruction.name === 'ARG') {
        declare(args, instruction.text)
        continue
      }
      const values = new Map([...Object.entries(layer.config.env), ...args])
      if (instruction.name !== 'COPY' && instruction.name !== 'ADD' && instruction.name !== 'RUN') {
        layer = configured(layer, { ...instruction, text: expandArgs(instruction.text, values) })
        continue
      }
      number += 1
      const title = `[${label}${number}/${steps}] ${instruction.name} ${instruction.text}`
      layer = await runStep(stage, layer, instruction, values, title)
    }
    return layer
  }

  const runStep = async (
    stage: FakeStage,
    before: FakeLayer,
    instruction: FakeInstruction,
    values: ReadonlyMap<string, string>,
    name: string,
  ): Promise<FakeLayer> => {
    const id = `${instruction.line}`
    const startedAt = clock.now()
    const tell = (state: 'running' | 'done' | 'cached' | 'failed' | 'cancelled', error?: string): void => {
      const finishedAt = state === 'running' ? undefined : clock.now()
      onEvent({ kind: 'step', id, name, state, startedAt, finishedAt, error })
    }
    try {
      const isRun = instruction.name === 'RUN'
      const copied = isRun ? undefined : await copiesOf(stage, instruction, values, before.config.workdir)
      const content = isRun
        ? [...values]
        : [...(copied ?? [])].map(([path, { kind, mode, hash }]) => [path, kind, mode, hash])
      const key = sha256(JSON.stringify([before.key, platform, instruction.name, instruction.text, content]))
      const cached = request.noCache ? undefined : cache.get(key)
      if (cached) {
        tell('cached')
        return cached
      }
      tell('running')
      const tree = before.tree.copy()
      if (copied) for (const [path, entry] of copied) tree.put(path, entry)
      else await runCommand(tree, instruction, values, id)
      const layer = { key, tree, config: before.config, madeAt: clock.now() }
      cache.set(key, layer)
      tell('done')
      return layer
    } catch (error) {
      if (signal.aborted) tell('cancelled')
      else if (error instanceof BuildFailure) tell('failed', error.message)
      throw error
    }
  }

  const runCommand = async (
    tree: FakeTree,
    { text, line }: FakeInstruction,
    values: ReadonlyMap<string, string>,
    step: string,
  ): Promise<void> => {
    const command = text.replace(/^(--\S+\s+)+/, '')
    const argv = commandOf(command)
    const program = findContainerProgram(argv.with(-1, expandArgs(argv.at(-1) ?? '', values)), parts.programs)
    const shellOnly = program === undefined || !knows(argv, parts.programs)
    const exitCode = shellOnly
      ? 0
      : await runProgram({
          program,
          argv,
          tree,
          clock,
          signal,
          write: (output, stream) => onEvent({ kind: 'output', step, text: output, stream }),
        })
    signal.throwIfAborted()
    if (exitCode === 0) return
    const message = `process "${argv.join(' ')}" did not complete successfully: exit code: ${exitCode}`
    throw new BuildFailure(message, line)
  }

  /** What a COPY puts where. */
  const copiesOf = async (
    stage: FakeStage,
    instruction: FakeInstruction,
    values: ReadonlyMap<string, string>,
    workdir: string,
  ): Promise<ReadonlyMap<string, FakeTreeEntry>> => {
    const words = expandArgs(instruction.text, values).split(/\s+/)
    const flags = words.filter((word) => word.startsWith('--'))
    const paths = words.filter((word) => !word.startsWith('--'))
    const from = flags.find((flag) => flag.startsWith('--from='))?.slice('--from='.length)
    const tree = from === undefined ? context : (await layerOf(from, stage, instruction.line)).tree
    const to = posix.resolve(workdir, paths.at(-1) ?? '.')
    const intoFolder = paths.length > 2 || /(^|\/)\.?$/.test(paths.at(-1) ?? '.')
    const copies = new Map<string, FakeTreeEntry>()
    for (const source of paths.slice(0, -1)) {
      const wanted = posix.join('/', source).replace(/(.)\/$/, '$1')
      const matches = wanted.includes('*') ? tree.paths().filter((path) => globOf(wanted).test(path)) : [wanted]
      const found = matches.filter((path) => tree.get(path) !== undefined)
      if (found.length === 0) throw new BuildFailure(`"${wanted}": not found`, instruction.line)
      for (const path of found) {
        const isFolder = tree.get(path)?.kind === 'folder'
        const target = isFolder || !intoFolder ? to : posix.join(to, posix.basename(path))
        const below = path === '/' ? '/' : `${path}/`
        for (const inner of [path, ...tree.paths().filter((other) => other.startsWith(below))]) {
          const entry = tree.get(inner)
          if (entry) copies.set(posix.join(target, inner.slice(path.length)), entry)
        }
      }
    }
    return copies
  }

  const layer = await stageLayer(last)
  signal.throwIfAborted()
  const config = { ...layer.config, labels: { ...layer.config.labels, ...request.labels } }
  return images.add({ id: imageId(layer.tree, config, platform), config, platform, tree: layer.tree })
}

/** Whether anybody says what a command does; others are taken to do nothing. */
function knows(argv: readonly string[], programs: ProgramTable): boolean {
  const script = argv[1] === '-c' ? (argv[2] ?? '') : argv.join(' ')
  const word = script.trim().split(/\s+/)[0] ?? ''
  return programs.has(script.trim()) || findContainerProgram([word], programs) !== undefined
}

/** Instructions that change nothing but the image's config. */
function configured(layer: FakeLayer, { name, text }: FakeInstruction): FakeLayer {
  const { config } = layer
  const next = ((): FakeImageConfig => {
    switch (name) {
      case 'LABEL':
        return { ...config, labels: { ...config.labels, ...Object.fromEntries(pairsOf(text)) } }
      case 'ENV':
        return { ...config, env: { ...config.env, ...Object.fromEntries(pairsOf(text)) } }
      case 'WORKDIR':
        return { ...config, workdir: posix.resolve(config.workdir, text) }
      case 'USER':
        return { ...config, user: text }
      case 'ENTRYPOINT':
        return { ...config, entrypoint: commandOf(text), cmd: [] }
      case 'CMD':
        return { ...config, cmd: commandOf(text) }
      default:
        return config
    }
  })()
  return { ...layer, key: sha256(JSON.stringify([layer.key, name, text])), config: next }
}

/** The build context as a tree whose root is the folder. */
async function contextOf(source: FakeSource, request: ImageBuildRequest, signal: AbortSignal): Promise<FakeTree> {
  const { folder, ignored, prunes, extra = [] } = request.context
  const found = await sourceTree(source, { paths: [folder], ignored, prunes, signal })
  const tree = fakeTree()
  for (const [path, entry] of found) tree.put(posix.join('/', posix.relative(folder, path)), entry)
  for (const { path, file, mode } of extra) {
    // What tiltts itself brings along is on the real disk only.
    const text = sourceEntry(source, file)?.text ?? `content of ${file}`
    tree.put(posix.join('/', path), fileEntry(text, mode))
  }
  return tree
}

function globOf(pattern: string): RegExp {
  const source = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*')
  return new RegExp(`^${source}$`)
}

function placesOf(request: ImageBuildRequest, line: number): readonly Place[] {
  if (request.dockerfilePath === undefined) return []
  const firstLine = Math.max(1, line - 2)
  const lines = request.dockerfile.split('\n').slice(firstLine - 1, line + 2)
  return [{ file: request.dockerfilePath, line, column: 1, excerpt: { firstLine, lines } }]
}
