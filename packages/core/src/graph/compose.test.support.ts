import type {
  ComposeDependency,
  ComposeNode,
  ComposeProject,
  ComposeProjectRef,
  ComposeResourceNode,
  ComposeResourceSpec,
  ComposeService,
  CustomImageNode,
  DockerImageNode,
  GraphSpec,
  ImageSpec,
  LiveUpdateSpec,
  RestartStepSpec,
} from '@tiltts/spec'
import { at, graphOf, linkGood } from './graph.test.support.js'
import type { LinkedGraph } from './types.js'

const composeFile = '/shop/docker-compose.yml'

export function composeNode(project: Partial<ComposeProjectRef> = {}, more: Partial<ComposeNode> = {}): ComposeNode {
  return { project: { files: [composeFile], dir: '/shop', ...project }, wait: false, place: at(10), ...more }
}

/** A service of the image `<name>-image`, at its line of the compose file. */
export function service(name: string, more: Partial<ComposeService> = {}): ComposeService {
  return {
    name,
    image: `${name}-image`,
    dependsOn: [],
    hasHealthcheck: false,
    restart: 'no',
    ports: [],
    mounts: [],
    scale: 1,
    mustStay: false,
    overridesEntrypoint: false,
    configHash: `config-${name}`,
    definitionHash: `definition-${name}`,
    place: at(name.length, 3, composeFile),
    ...more,
  }
}

export function needs(name: string, more: Partial<ComposeDependency> = {}): ComposeDependency {
  return { service: name, condition: 'service_started', restart: false, required: true, ...more }
}

export function project(services: readonly ComposeService[], name = 'shop'): ComposeProject {
  return { name, services, reads: [] }
}

/** What a call of dcResource says. */
export function about(name: string, more: Partial<ComposeResourceNode> = {}): ComposeResourceNode {
  return {
    service: { name, place: more.place },
    labels: [],
    links: [],
    dependencies: [],
    triggerMode: undefined,
    autoInit: undefined,
    inferLinks: undefined,
    readyTimeoutMs: undefined,
    onDown: undefined,
    place: undefined,
    ...more,
  }
}

/** An image of `/shop/<last part of its name>`. */
export function dockerImage(
  ref: string,
  dockerfile = 'FROM node:20',
  more: Partial<DockerImageNode> = {},
): DockerImageNode {
  const context = `/shop/${ref.replace(/:.*/, '').split('/').at(-1)}`
  return {
    build: 'docker',
    ref,
    place: undefined,
    ignores: [],
    matchInEnvVars: false,
    context,
    dockerfile: { path: `${context}/Dockerfile`, contents: dockerfile },
    buildArgs: {},
    pull: false,
    cacheFrom: [],
    extraTags: [],
    extraHosts: [],
    ssh: [],
    secrets: [],
    ...more,
  }
}

export function customImage(ref: string, more: Partial<CustomImageNode> = {}): CustomImageNode {
  return {
    build: 'custom',
    ref,
    place: undefined,
    ignores: [],
    matchInEnvVars: false,
    command: { argv: ['sh', '-c', 'make image'], display: 'make image' },
    dir: '/shop',
    env: {},
    deps: [`/shop/${ref.split('/').at(-1)}`],
    skipsLocalDocker: false,
    disablePush: false,
    imageDeps: [],
    ...more,
  }
}

/** A live update that follows these paths. */
export function following(...paths: readonly string[]): LiveUpdateSpec {
  const syncs = paths.map((localPath) => ({ localPath, containerPath: '/app', ignores: [] }))
  return { syncs, runs: [], stopPaths: [], initialSync: false, place: undefined }
}

export function restarting(path: string, more: Partial<RestartStepSpec> = {}): LiveUpdateSpec {
  return { ...following(path), restart: { what: 'process', triggers: [], ...more } }
}

/** A graph of one compose project. */
export function composeGraph(more: Partial<GraphSpec> = {}): GraphSpec {
  return graphOf([], { compose: [composeNode()], ...more })
}

export function linkServices(services: readonly ComposeService[], more: Partial<GraphSpec> = {}): LinkedGraph {
  return linkGood(composeGraph(more), [project(services)])
}

/** What linking made of a service. */
export function serviceSpec({ resources }: LinkedGraph, name: string): ComposeResourceSpec {
  const spec = resources.find((resource) => resource.name === name)?.spec
  if (spec?.type !== 'docker-compose') throw new Error(`no service ${name}`)
  return spec
}

export function imageSpec({ images }: LinkedGraph, name: string): ImageSpec {
  const image = images.find((candidate) => candidate.name === name)
  if (image === undefined) throw new Error(`no image ${name}`)
  return image.spec
}
