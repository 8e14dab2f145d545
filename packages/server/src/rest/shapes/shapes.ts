import type { Kind, ObjectOf } from '@tiltts/spec'
import type { WireObject } from '../wire-object.js'

/**
 * Kinds whose objects clients know in another form than the engine keeps.
 * All others go out as they are.
 */
export const shapes: Partial<Record<Kind, (object: ObjectOf<Kind>) => WireObject>> = {}
