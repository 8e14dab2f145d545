import type { ClusterProduct, CustomImageNode } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { clusterImage } from './cluster-image.js'
import { registryOfHosting, registryOfMicrok8s, registryOfNode } from './cluster-registry.js'
import { dockerDesktopProblem, sharesDockerImages } from './shared-docker.js'

const hosting = (text: string) =>
  registryOfHosting({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'local-registry-hosting' },
    data: { 'localRegistryHosting.v1': text },
  })

describe('the registry of a cluster', () => {
  it('PUSH-01: is what its ConfigMap says, with the name that its nodes have for it', () => {
    expect(hosting('host: "localhost:5000"\n').registry).toEqual({
      host: 'localhost:5000',
      source: 'local-registry-hosting',
    })
    expect(
      hosting(
        "host: localhost:5000 # here\nhostFromContainerRuntime: 'registry:5000'\nhostFromClusterNetwork: other:5000\n",
      ).registry,
    ).toEqual({
      host: 'localhost:5000',
      hostFromCluster: 'registry:5000',
      source: 'local-registry-hosting',
    })
  })

  it('PUSH-02: may be a page that tells how to get one', () => {
    expect(hosting('help: "https://example.com/registry"\n')).toEqual({ help: 'https://example.com/registry' })
    expect(hosting('')).toEqual({ help: undefined })
  })

  it('PUSH-01: is that of MicroK8s, or what annotations of a node say', () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'registry' },
      spec: { ports: [{ nodePort: 32000 }] },
    }
    expect(registryOfMicrok8s(service)).toEqual({ host: 'localhost:32000', source: 'microk8s' })
    expect(registryOfNode({ 'kind.x-k8s.io/registry': 'localhost:5000' })?.host).toBe('localhost:5000')
    const both = { 'kind.x-k8s.io/registry': 'a', 'tilt.dev/registry': 'b', 'tilt.dev/registry-from-cluster': 'c' }
    expect(registryOfNode(both)).toEqual({ host: 'b', hostFromCluster: 'c', source: 'node-annotation' })
    expect(registryOfNode({})).toBeUndefined()
  })
})

describe('whether a cluster shares the images of the local engine', () => {
  const socket = 'unix:///var/run/docker.sock'
  const shares = (product: ClusterProduct, more: object = {}): boolean =>
    sharesDockerImages({ product, cluster: product, runtime: 'docker', dockerHost: socket, ...more })

  it('PUSH-04: those do that come with the engine, when it is the one that is asked', () => {
    expect(shares('docker-desktop')).toBe(true)
    expect(shares('docker-desktop', { dockerHost: 'tcp://elsewhere:2375' })).toBe(false)
    expect(shares('docker-desktop', { dockerHost: 'unix:///home/me/.colima/default/docker.sock' })).toBe(false)
    expect(shares('rancher-desktop', { runtime: 'containerd' })).toBe(false)
    expect(shares('orbstack', { dockerHost: 'unix:///home/me/.orbstack/run/docker.sock' })).toBe(true)
    expect(shares('minikube')).toBe(false)
    expect(shares('minikube', { minikubeDaemon: 'minikube' })).toBe(true)
    expect(shares('kind')).toBe(false)
    expect(shares('gke')).toBe(false)
  })

  it('PUSH-04: that of Colima does when the profile is the same', () => {
    const dockerHost = 'unix:///home/me/.colima/work/docker.sock'
    expect(shares('colima', { cluster: 'colima-work', dockerHost })).toBe(true)
    expect(shares('colima', { cluster: 'colima', dockerHost })).toBe(false)
    expect(shares('colima', { dockerHost: 'unix:///home/me/.colima/default/docker.sock' })).toBe(true)
  })

  it('PUSH-06: Docker Desktop on containerd does when the engine keeps its images there, too', () => {
    const desktop = {
      product: 'docker-desktop',
      cluster: 'docker-desktop',
      runtime: 'containerd',
      dockerHost: socket,
    } as const
    expect(sharesDockerImages({ ...desktop, containerdImages: true })).toBe(true)
    expect(dockerDesktopProblem({ ...desktop, containerdImages: false })).toContain('Use containerd for pulling')
    expect(dockerDesktopProblem({ ...desktop, containerdImages: true })).toBeUndefined()
  })
})

describe('the names of a built image', () => {
  const imageId = 'sha256:0123456789abcdef0123'
  const registry = { host: 'localhost:5000', hostFromCluster: 'registry:5000', place: undefined }
  const node: CustomImageNode = {
    build: 'custom',
    ref: 'shop/api',
    place: undefined,
    ignores: [],
    matchInEnvVars: false,
    command: { argv: ['make'], display: 'make' },
    dir: '/',
    env: {},
    deps: [],
    skipsLocalDocker: false,
    disablePush: false,
    imageDeps: [],
  }
  const tag = 'tilt-0123456789abcdef'

  it('are made of its content, here and in the cluster', () => {
    expect(clusterImage(node, { ref: `shop/api:${tag}`, imageId }, registry)).toEqual({
      local: `localhost:5000/shop_api:${tag}`,
      cluster: `registry:5000/shop_api:${tag}`,
      push: true,
    })
    expect(clusterImage(node, { ref: `shop/api:${tag}`, imageId }, undefined).cluster).toBe(`shop/api:${tag}`)
  })

  it('BLD-14: are what the command has written, with the host as the cluster calls it', () => {
    const written = { ...node, outputsImageRefTo: '/ref' }
    expect(clusterImage(written, { ref: 'localhost:5000/x:1', imageId }, registry)).toEqual({
      local: 'localhost:5000/x:1',
      cluster: 'registry:5000/x:1',
      push: true,
    })
  })

  it('BLD-13: are used as they are when a command with a tag of its own pushes by itself', () => {
    const own = { ...node, tag: 'v1', skipsLocalDocker: true }
    expect(clusterImage(own, { ref: 'shop/api:v1' }, registry)).toEqual({
      local: 'shop/api:v1',
      cluster: 'shop/api:v1',
      push: false,
    })
  })
})
