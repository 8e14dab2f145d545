import { type DocumentPart, withNamespace } from '@tiltts/core/manifests'
import type { ManifestDocument, Place } from '@tiltts/spec'

/** The template that a part of helm's output is made of, as helm names it. */
export function sourceOf({ text }: DocumentPart): string | undefined {
  return /^# Source: (\S.*?)\s*$/m.exec(text)?.[1]
}

/** Where a part comes from: the file of its template; helm does not tell the line. */
export function templatePlace(part: DocumentPart, fileOf: (named: string) => string | undefined): Place | undefined {
  const named = sourceOf(part)
  const file = named === undefined ? undefined : fileOf(named)
  return file === undefined ? undefined : { file, line: 1, column: 1 }
}

/** Helm runs these at an occasion of its own, none of which is a deployment. */
const otherOccasions = /^(test(-success|-failure)?|(pre|post)-(delete|rollback))$/

/** What is deployed of a release: neither its tests, nor what helm runs when a release is taken away or rolled back. */
export function isDeployed({ object, place }: ManifestDocument): boolean {
  const hooks = object.metadata.annotations?.['helm.sh/hook']
  if (hooks !== undefined && hooks !== '') {
    return !hooks.split(',').every((hook) => otherOccasions.test(hook.trim()))
  }
  return place === undefined || !/[\\/]templates[\\/](.*[\\/])?tests[\\/]/.test(place.file)
}

/** With a namespace in what names none. */
export function documentsIn(
  namespace: string | undefined,
  documents: readonly ManifestDocument[],
): readonly ManifestDocument[] {
  if (!namespace) return documents
  const objects = withNamespace(
    documents.map(({ object }) => object),
    namespace,
  )
  return documents.map((document, index) => ({ ...document, object: objects[index] ?? document.object }))
}
