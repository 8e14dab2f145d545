import type { WireObject } from './wire-object.js'

/** Objects never change, so the text of each is made once, however many lists and watchers read it. */
const known = new WeakMap<WireObject, string>()

/** An object as JSON. */
export function objectText(object: WireObject): string {
  const found = known.get(object)
  if (found !== undefined) return found
  const text = JSON.stringify(object)
  known.set(object, text)
  return text
}
