import type { Millis, Resource } from '@tiltts/spec'
import type { ResourceView } from '../status/resource-view.js'
import type { ObjectStore } from '../store/types.js'

/** What questions about a session are answered from: its objects and its journal, as they are now. */
export interface WhyView {
  readonly store: Pick<ObjectStore, 'get' | 'list' | 'ofResource' | 'journal'>
  /** The objects that make up the row of a resource. */
  readonly viewOf: (resource: Resource) => ResourceView
  readonly now: Millis
}
