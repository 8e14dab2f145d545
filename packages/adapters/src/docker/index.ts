export type { DockerOptions } from './assemble-docker.js'
export { createDocker } from './create-docker.js'
