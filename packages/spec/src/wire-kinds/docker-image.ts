import type { IgnoreRule } from '../graph/resource.js'
import type { ImageStage } from '../kinds/image.js'
import type { ApiObject } from '../kinds/meta.js'
import type { ClusterImageNeeds, ImageBuildState } from './image-build.js'

/** An image that is built from a Dockerfile. */
export interface DockerImageSpec {
  readonly ref: string
  readonly dockerfileContents?: string | undefined
  readonly context?: string | undefined
  readonly contextIgnores?: readonly IgnoreRule[] | undefined
  /** `NAME=value`, or `NAME` for one of the environment. */
  readonly args?: readonly string[] | undefined
  readonly target?: string | undefined
  readonly sshAgentConfigs?: readonly string[] | undefined
  readonly secrets?: readonly string[] | undefined
  readonly network?: string | undefined
  readonly pull?: boolean | undefined
  readonly cacheFrom?: readonly string[] | undefined
  readonly platform?: string | undefined
  readonly extraTags?: readonly string[] | undefined
  readonly extraHosts?: readonly string[] | undefined
  /** Names of the ImageMaps that it is built upon. */
  readonly imageMaps?: readonly string[] | undefined
  readonly cluster?: string | undefined
  readonly clusterNeeds?: ClusterImageNeeds | undefined
}

export interface DockerImageStatus extends ImageBuildState {
  /** Of the build that runs or ran last. */
  readonly stageStatuses?: readonly ImageStage[] | undefined
}

/** The build of an image for one resource. */
export type DockerImage = ApiObject<'DockerImage', DockerImageSpec, DockerImageStatus>
