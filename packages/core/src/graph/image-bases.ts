import type { CustomImageNode, Diagnostic, DockerImageNode, Place } from '@tiltts/spec'
import { type DockerfileImage, readDockerfile } from '../images/dockerfile.js'
import { findCycles } from './cycles.js'
import { type ImageIndex, unknownImage } from './image-index.js'
import { placesOf } from './places.js'

/** What images are built upon. */
export interface ImageBases {
  /** From each image to those it is built upon, by name, in the order in which it names them. */
  readonly of: ReadonlyMap<string, readonly string[]>
  readonly diagnostics: readonly Diagnostic[]
}

/** From the name of a base to where it is named. */
type Uses = Map<string, Place | undefined>

/** Finds the declared images among those that Dockerfiles and `imageDeps` name. What is not declared comes from a registry. */
export function imageBases(images: ImageIndex, env: Readonly<Record<string, string>>): ImageBases {
  const diagnostics: Diagnostic[] = []
  const uses = new Map<string, Uses>()
  for (const { name, node } of images.all) {
    const found = node.build === 'docker' ? fromDockerfile(node, images, env) : fromDeps(node, images)
    diagnostics.push(...found.diagnostics)
    uses.set(name, found.uses)
  }
  const of = new Map([...uses].map(([name, bases]) => [name, [...bases.keys()]]))
  const circles = [...of].flatMap(([name, bases]) => (bases.includes(name) ? [[name]] : []))
  for (const way of [...circles, ...findCycles(withoutSelf(of))]) diagnostics.push(cycle(way, images, uses))
  return { of, diagnostics }
}

interface Found {
  readonly uses: Uses
  readonly diagnostics: readonly Diagnostic[]
}

function fromDockerfile(node: DockerImageNode, images: ImageIndex, env: Readonly<Record<string, string>>): Found {
  const reading = readDockerfile(node.dockerfile.contents, { buildArgs: knownArgs(node, env), platform: node.platform })
  const uses: Uses = new Map()
  for (const used of reading.images) {
    const base = images.find(used.ref)
    if (base !== undefined && !uses.has(base.name)) uses.set(base.name, placeOf(node, used))
  }
  const diagnostics = reading.problems.map(
    ({ message, line }): Diagnostic => ({
      code: 'config/invalid-dockerfile',
      severity: 'error',
      message: `The Dockerfile of \`${node.ref}\` cannot be built: ${message}`,
      places: placesOf(placeOf(node, { line, column: 1 }), node.place),
    }),
  )
  return { uses, diagnostics }
}

/** Build arguments as far as they are known now: one with an empty value comes from the environment of the session. */
export function knownArgs(
  { buildArgs }: Pick<DockerImageNode, 'buildArgs'>,
  env: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const values = Object.entries(buildArgs).map(([name, value]) => [name, value === '' ? env[name] : value] as const)
  return Object.fromEntries(values.filter((entry): entry is [string, string] => (entry[1] ?? '') !== ''))
}

/** So many lines around a place are kept, so that it can be shown. */
const around = 3

/** In the Dockerfile; where its text stands in the config, there. */
function placeOf(
  { dockerfile, place }: DockerImageNode,
  { line, column }: Pick<DockerfileImage, 'line' | 'column'>,
): Place | undefined {
  if (dockerfile.path === undefined) return place
  const firstLine = Math.max(1, line - around)
  const lines = dockerfile.contents.split(/\r?\n/).slice(firstLine - 1, line + around)
  return { file: dockerfile.path, line, column, excerpt: { firstLine, lines } }
}

function fromDeps(node: CustomImageNode, images: ImageIndex): Found {
  const uses: Uses = new Map()
  const diagnostics: Diagnostic[] = []
  for (const { name, place } of node.imageDeps) {
    const base = images.named(name)
    if (base === undefined) {
      const others = images.refs.filter((ref) => ref !== node.ref)
      diagnostics.push(unknownImage(name, `\`${node.ref}\` is built upon`, place ?? node.place, others))
    }
    if (base !== undefined && !uses.has(base.name)) uses.set(base.name, place ?? node.place)
  }
  return { uses, diagnostics }
}

function withoutSelf(of: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  return new Map([...of].map(([name, bases]) => [name, bases.filter((base) => base !== name)]))
}

function cycle(way: readonly string[], images: ImageIndex, uses: ReadonlyMap<string, Uses>): Diagnostic {
  const refs = way.map((name) => images.get(name)?.node.ref ?? name)
  const places = way.map((name, index) => uses.get(name)?.get(way[(index + 1) % way.length] ?? name))
  const alone = way.length === 1
  return {
    code: 'config/image-cycle',
    severity: 'error',
    message: alone
      ? `The image \`${refs[0]}\` is built upon itself`
      : `Images are built upon each other: ${[...refs, refs[0]].join(' → ')}`,
    places: placesOf(...places, ...way.map((name) => images.get(name)?.node.place)),
    hint: alone
      ? `Where another version from a registry is meant, declare yours with a tag of its own: \`${refs[0]?.split(':')[0]}:dev\``
      : 'Remove one of these references; each place is where one of them is written',
  }
}

/** The images with all that they are built upon, each once, bases before what is built upon them. */
export function closureOf(roots: readonly string[], of: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const order = new Set<string>()
  const open = new Set<string>()
  const visit = (name: string): void => {
    if (order.has(name) || open.has(name)) return
    open.add(name)
    for (const base of of.get(name) ?? []) visit(base)
    order.add(name)
  }
  for (const root of roots) visit(root)
  return [...order]
}

/** Whether an image is used by others. */
export function basesUsed(of: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  return new Set([...of.values()].flat())
}
