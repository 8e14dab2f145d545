import type { ApiObject } from '../kinds/meta.js'
import type { ApiTime } from '../time.js'

/** Which image takes the place of which in what is deployed. */
export interface ImageMapSpec {
  /** The reference that is looked for. */
  readonly selector: string
  /** Whether the tag counts, too. */
  readonly matchExact?: boolean | undefined
  readonly matchInEnvVars?: boolean | undefined
  readonly overrideCommand?: { readonly command: readonly string[] } | undefined
  readonly overrideArgs?: { readonly args: readonly string[] } | undefined
}

/** All absent before it is built. */
export interface ImageMapStatus {
  /** With a tag made of its content. */
  readonly image?: string | undefined
  /** As this machine calls it. */
  readonly imageFromLocal?: string | undefined
  /** As the nodes of the cluster call it. */
  readonly imageFromCluster?: string | undefined
  /** Files that changed later than this are not in it. */
  readonly buildStartTime?: ApiTime | undefined
}

/** An image that is built here, and what it is called now. */
export type ImageMap = ApiObject<'ImageMap', ImageMapSpec, ImageMapStatus>
