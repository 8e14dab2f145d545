import { parseImageRef } from '@tiltts/core/images'
import type { Diagnostic } from '@tiltts/spec'
import { invalid } from './complaints.js'
import type { ComposeJson } from './compose-json.js'
import type { ComposeSource } from './compose-source.js'

/** Images whose names the engine would refuse; Compose itself takes any text. */
export function misnamedImages(project: ComposeJson, sources: readonly ComposeSource[]): readonly Diagnostic[] {
  return Object.entries(project.services ?? {}).flatMap(([service, { image }]) => {
    if (!image || isName(image)) return []
    const ways = [
      ['services', service, 'image'],
      ['services', service],
    ]
    const places = ways.flatMap((way) => sources.find((source) => source.has(way))?.placeOf(way) ?? [])
    const hint = /[A-Z]/.test(image)
      ? `Names of images are in lower case: ${image.toLowerCase()}`
      : 'Write: registry/name:tag'
    return [invalid(`\`services.${service}.image\`: "${image}" cannot name an image`, places[0], hint)]
  })
}

/** An image can be named by its id, too. */
function isName(image: string): boolean {
  return parseImageRef(image) !== undefined || /^(sha256:)?[0-9a-f]{1,64}$/.test(image)
}
