import type { ApiObject } from '../kinds/meta.js'
import type { ClusterImageNeeds, ImageBuildState } from './image-build.js'

/** An image that a command builds. */
export interface CmdImageSpec {
  readonly ref: string
  readonly args?: readonly string[] | undefined
  readonly dir?: string | undefined
  /** `NAME=value` */
  readonly env?: readonly string[] | undefined
  /** Names of the ImageMaps that it is built upon. */
  readonly imageMaps?: readonly string[] | undefined
  /** Where the command leaves it. */
  readonly outputMode?: 'local-docker' | 'local-docker-and-remote' | 'remote' | undefined
  /** The tag that the command gives. */
  readonly outputTag?: string | undefined
  /** The file that the command writes the reference to. */
  readonly outputsImageRefTo?: string | undefined
  readonly cluster?: string | undefined
  readonly clusterNeeds?: ClusterImageNeeds | undefined
}

/** The build of an image for one resource. */
export type CmdImage = ApiObject<'CmdImage', CmdImageSpec, ImageBuildState>
