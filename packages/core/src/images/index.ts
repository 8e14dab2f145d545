export type {
  BuildEvent,
  BuildOutputEvent,
  BuildProgressEvent,
  BuildStepEvent,
  BuildWarningEvent,
} from './build-event.js'
export { type BuildLog, buildLogLines } from './build-log.js'
export { stepTitle } from './build-step-text.js'
export { contentTag } from './content-tag.js'
export { type DockerfileArgs, type DockerfileImage, type DockerfileReading, readDockerfile } from './dockerfile.js'
export { type DockerfileStep, dockerfileSteps, findDockerfileStep } from './dockerfile-steps.js'
export {
  type BaseInput,
  type CustomBuildInputs,
  type DockerBuildInputs,
  type FileInput,
  fingerprintText,
  type HelperInput,
} from './fingerprint.js'
export { type ImageRef, imageKey, imageMatches, imageObjectName, imageRefText, parseImageRef } from './image-ref.js'
export { buildPlatform, platformOf } from './platform.js'
export { type RegistryNames, registryRef, taggedRefs } from './registry.js'
export { replaceBaseImages } from './replace-base-images.js'
