import type { Diagnostic, ImageNode } from '@tiltts/spec'
import { didYouMean } from '../errors/nearest.js'
import { type ImageRef, imageKey, imageMatches, imageObjectName, parseImageRef } from '../images/image-ref.js'
import { placesOf } from './places.js'

/** An image that the config declares. */
export interface DeclaredImage {
  /** Of its object. */
  readonly name: string
  readonly ref: ImageRef
  readonly node: ImageNode
}

/** The declared images, for looking up. */
export interface ImageIndex {
  /** In order of declaration, each once. */
  readonly all: readonly DeclaredImage[]
  get(name: string): DeclaredImage | undefined
  /** The declared image that is meant by a reference in a Dockerfile or a compose file. */
  find(ref: string): DeclaredImage | undefined
  /** The image that the config itself names: what it declared under exactly this reference, else as `find`. */
  named(ref: string): DeclaredImage | undefined
  /** All references, as they are written. */
  readonly refs: readonly string[]
}

export function indexImages(nodes: readonly ImageNode[]): {
  readonly images: ImageIndex
  readonly diagnostics: readonly Diagnostic[]
} {
  const byKey = new Map<string, DeclaredImage>()
  const diagnostics: Diagnostic[] = []
  for (const node of nodes) {
    const ref = parseImageRef(node.ref)
    if (ref === undefined) {
      diagnostics.push({
        code: 'config/invalid-image',
        severity: 'error',
        message: `\`${node.ref}\` cannot be the name of an image`,
        places: placesOf(node.place),
        hint: 'Write: registry/name:tag, in lower case',
      })
      continue
    }
    const first = byKey.get(imageKey(ref))
    if (first === undefined) byKey.set(imageKey(ref), { name: imageObjectName(node.ref), ref, node })
    else diagnostics.push(duplicate(node, first))
  }
  return { images: index(byKey), diagnostics }
}

function index(byKey: ReadonlyMap<string, DeclaredImage>): ImageIndex {
  const all = [...byKey.values()]
  const byName = new Map(all.map((image) => [image.name, image]))
  const byRepository = new Map<string, DeclaredImage[]>()
  for (const image of all) {
    const group = byRepository.get(image.ref.canonical)
    if (group === undefined) byRepository.set(image.ref.canonical, [image])
    else group.push(image)
  }
  const find = (text: string): DeclaredImage | undefined => {
    const used = parseImageRef(text)
    const candidates = byRepository.get(used?.canonical ?? '') ?? []
    return candidates.find(({ ref }) => used !== undefined && imageMatches(ref, used, candidates.length > 1))
  }
  const named = (text: string): DeclaredImage | undefined => {
    const ref = parseImageRef(text)
    return (ref === undefined ? undefined : byKey.get(imageKey(ref))) ?? find(text)
  }
  return { all, get: (name) => byName.get(name), find, named, refs: all.map(({ node }) => node.ref) }
}

function duplicate(node: ImageNode, first: DeclaredImage): Diagnostic {
  const same = node.ref === first.node.ref
  return {
    code: 'config/duplicate-image',
    severity: 'error',
    message: `The image \`${node.ref}\` is declared already${same ? '' : `, as \`${first.node.ref}\``}`,
    places: placesOf(node.place, first.node.place),
    hint: 'Keep one of the two, or give them different tags; the second place is where the first one was declared',
  }
}

/** A name that the config takes for that of an image. */
export function unknownImage(
  ref: string,
  what: string,
  place: Diagnostic['places'][number] | undefined,
  candidates: readonly string[],
): Diagnostic {
  return {
    code: 'config/unknown-image',
    severity: 'error',
    message: `${what} \`${ref}\`, but no image is declared under that name`,
    places: placesOf(place),
    hint: didYouMean(ref, candidates),
  }
}
