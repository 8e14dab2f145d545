import { createHash } from 'node:crypto'
import { annotation } from '@tiltts/spec'
import { type Shape, shape } from './shape.js'

/** A button as clients read it: with the identity of its spec, by which they tell a button that changed from one that did not. */
export const uiButton: Shape = shape<'UIButton', readonly []>({
  beside: () => [],
  metadata({ metadata, spec }) {
    const hash = createHash('sha256').update(JSON.stringify(spec)).digest('base64url')
    return { ...metadata, annotations: { ...metadata.annotations, [annotation.buttonSpecHash]: hash } }
  },
  spec: ({ spec }) => spec,
  status: ({ status }) => status,
})
