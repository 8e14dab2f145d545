import type { Kind } from '@tiltts/spec'
import { cmdImage } from './cmd-image.js'
import { dockerComposeLogStream } from './docker-compose-log-stream.js'
import { dockerImage } from './docker-image.js'
import { imageMap } from './image-map.js'
import { liveUpdate } from './live-update.js'
import { podLogStream } from './pod-log-stream.js'
import type { Projection } from './projection.js'

/** Kinds that the store does not hold. */
export const projections: Partial<Record<Kind, Projection>> = {
  CmdImage: cmdImage,
  DockerComposeLogStream: dockerComposeLogStream,
  DockerImage: dockerImage,
  ImageMap: imageMap,
  LiveUpdate: liveUpdate,
  PodLogStream: podLogStream,
}
