import type { ApiTime } from '../time.js'

export type ClusterImageNeeds = 'push' | 'base-image'

/** Where the build of an image is: one of the three is set. */
export interface ImageBuildState {
  /** As it was built last. */
  readonly ref?: string | undefined
  readonly waiting?: { readonly reason: string } | undefined
  readonly building?: { readonly reason: string; readonly startedAt: ApiTime } | undefined
  readonly completed?:
    | {
        readonly reason: string
        readonly error?: string | undefined
        readonly startedAt?: ApiTime | undefined
        readonly finishedAt?: ApiTime | undefined
      }
    | undefined
}
