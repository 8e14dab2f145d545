import type { Place } from '@tiltts/spec'
import type { ComposeSource } from './compose-source.js'
import { variablesIn } from './variables.js'

/** All places where a variable is used. */
export function usePlaces(name: string, sources: readonly ComposeSource[]): readonly Place[] {
  return sources.flatMap((source) =>
    variablesIn(source.text)
      .filter((use) => use.name === name && !isComment(source.text, use.offset))
      .flatMap(({ offset }) => source.placeAt(offset) ?? []),
  )
}

/** Whether a place in a text is behind a `#`. */
export function isComment(text: string, offset: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', offset) + 1, offset)
  return /(^|\s)#/.test(line)
}
