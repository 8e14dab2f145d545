import type { Kind, ObjectOf, UIButton } from '@tiltts/spec'
import type { WireObject } from '../wire-object.js'
import { uiButtonShape } from './ui-button.js'

/**
 * Kinds whose objects clients know in another form than the engine keeps.
 * All others go out as they are.
 */
export const shapes: Partial<Record<Kind, (object: ObjectOf<Kind>) => WireObject>> = {
  UIButton: (button) => uiButtonShape(button as UIButton),
}
