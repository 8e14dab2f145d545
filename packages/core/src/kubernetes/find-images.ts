import type { ImageObjectPath, KubernetesManifest } from '@tiltts/spec'
import { parseImageRef } from '../images/image-ref.js'
import { parseJsonPath } from './json-path.js'
import { containerPaths, imageVolumePaths } from './pod-templates.js'
import { listAt, type Path, recordAt, valueAt } from './tree.js'

/** Where an object names images beside its containers. */
export interface ImagePaths {
  readonly jsonPaths: readonly string[]
  readonly imageObject?: ImageObjectPath | undefined
}

/** An image that an object names. */
export interface FoundImage {
  /** The reference as it stands there; of two fields, put together. */
  readonly ref: string
  /** `env` only counts for images that are looked for in environment variables. */
  readonly where: 'container' | 'volume' | 'json-path' | 'object' | 'env'
  /** Of the text; of the object with the two fields. */
  readonly path: Path
  readonly fields?: ImageObjectPath | undefined
}

/** All places where an object names an image, as far as its kind is known or its paths were given. */
export function findImages(object: KubernetesManifest, paths: ImagePaths): readonly FoundImage[] {
  return [
    ...containerPaths(object).flatMap((path) => textAt(object, [...path, 'image'], 'container')),
    ...imageVolumePaths(object).flatMap((path) => textAt(object, [...path, 'reference'], 'volume')),
    ...paths.jsonPaths.flatMap((path) => placesOf(object, path).flatMap((place) => textAt(object, place, 'json-path'))),
    ...(paths.imageObject === undefined ? [] : imageObjects(object, paths.imageObject)),
    ...containerPaths(object).flatMap((path) => envImages(object, path)),
  ]
}

function textAt(object: KubernetesManifest, path: Path, where: FoundImage['where']): readonly FoundImage[] {
  const ref = valueAt(object, path)
  return typeof ref === 'string' && ref !== '' ? [{ ref, where, path }] : []
}

function imageObjects(object: KubernetesManifest, fields: ImageObjectPath): readonly FoundImage[] {
  return placesOf(object, fields.jsonPath).flatMap((path): readonly FoundImage[] => {
    const record = recordAt(object, path)
    const [repo, tag] = [record?.[fields.repoField], record?.[fields.tagField]]
    if (typeof repo !== 'string' || repo === '') return []
    const ref = typeof tag === 'string' && tag !== '' ? `${repo}:${tag}` : repo
    return [{ ref, where: 'object', path, fields }]
  })
}

/** Values that are an image reference from their first to their last character. */
function envImages(object: KubernetesManifest, container: Path): readonly FoundImage[] {
  const list: Path = [...container, 'env']
  return listAt(object, list)
    .flatMap((_, index) => textAt(object, [...list, index, 'value'], 'env'))
    .filter(({ ref }) => parseImageRef(ref) !== undefined)
}

function placesOf(object: KubernetesManifest, path: string): readonly Path[] {
  const parsed = parseJsonPath(path)
  return 'problem' in parsed ? [] : parsed.places(object)
}
