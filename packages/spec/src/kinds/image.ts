import type { ImageNode } from '../graph/image.js'
import type { ApiTime } from '../time.js'
import type { ApiObject } from './meta.js'

/** An image that is built here, as the linker made it. Written by the config controller only. */
export interface ImageSpec {
  readonly node: ImageNode
  /** Without its tag, as people know it: `shop/api`, not `docker.io/shop/api`. */
  readonly repository: string
  /** Names of the Image objects that it is built upon, in the order of `TILT_IMAGE_<i>`. */
  readonly dependsOn: readonly string[]
  /** The FileWatch that tells of its files. */
  readonly watch: string
  /** Absolute paths whose files it is built from. */
  readonly inputs: readonly string[]
  /** Names of the resources that run it, not those that only build upon it. */
  readonly deployedBy: readonly string[]
  /** Whether the container helper is its last layer. */
  readonly helper: boolean
  /** Hash of all that is no file: another definition is another image. */
  readonly definitionHash: string
}

/** What a build left behind. */
export interface ImageResult {
  /** `sha256:…`; absent when the image is not in local Docker. */
  readonly imageId?: string | undefined
  /** With a tag made of its content. */
  readonly ref: string
  readonly fingerprint: string
  /** Files that changed later than this are not in it. */
  readonly buildStartTime: ApiTime
  /** Whether the builder had to be called. */
  readonly reused: boolean
}

export interface ImageStage {
  readonly name: string
  readonly cached: boolean
  readonly startedAt?: ApiTime | undefined
  readonly finishedAt?: ApiTime | undefined
  readonly error?: string | undefined
}

export interface ImageStatus {
  readonly building?: { readonly update: string; readonly startedAt: ApiTime } | undefined
  readonly result?: ImageResult | undefined
  readonly error?: string | undefined
  /** Of the build that runs or ran last. */
  readonly stages: readonly ImageStage[]
}

export type Image = ApiObject<'Image', ImageSpec, ImageStatus>
