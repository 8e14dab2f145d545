import { createHash } from 'node:crypto'
import { annotation, type UIButton } from '@tiltts/spec'
import { toWire, type WireObject } from '../wire-object.js'

/** A button as clients read it: with the identity of its spec, by which they tell a button that changed from one that did not. */
export function uiButtonShape(button: UIButton): WireObject {
  const wire = toWire(button)
  const hash = createHash('sha256').update(JSON.stringify(button.spec)).digest('base64url')
  const annotations = { ...button.metadata.annotations, [annotation.buttonSpecHash]: hash }
  return { ...wire, metadata: { ...wire.metadata, annotations } }
}
