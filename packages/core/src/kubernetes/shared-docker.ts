import type { ClusterProduct } from '@tiltts/spec'

export interface ClusterDaemon {
  readonly product: ClusterProduct
  /** The name of the kubeconfig's cluster entry. */
  readonly cluster: string
  /** Of its nodes: `docker`, `containerd`; absent when that may not be read. */
  readonly runtime: string | undefined
  /** Where the local Docker engine is: `unix:///var/run/docker.sock`. */
  readonly dockerHost: string
  /** Whether that engine keeps its images in containerd. */
  readonly containerdImages?: boolean | undefined
  /** MINIKUBE_ACTIVE_DOCKERD: the profile whose engine `minikube docker-env` has pointed this shell at. */
  readonly minikubeDaemon?: string | undefined
}

/** Whether the nodes of a cluster run what the local Docker engine has, so that nothing has to be pushed. */
export function sharesDockerImages(of: ClusterDaemon): boolean {
  const { product, cluster, dockerHost } = of
  const isLocal = dockerHost.startsWith('unix:') || dockerHost.startsWith('npipe:')
  const onDocker = of.runtime === 'docker'
  switch (product) {
    case 'minikube':
      return onDocker && of.minikubeDaemon === cluster
    case 'docker-desktop':
      if (!isLocal || isOfOther(dockerHost)) return false
      return onDocker || of.runtime === undefined || of.containerdImages === true
    case 'rancher-desktop':
      return onDocker && isLocal && !dockerHost.includes('/.orbstack/') && !dockerHost.includes('/.colima/')
    case 'colima':
      return onDocker && colimaProfile(dockerHost) === (cluster.replace(/^colima-?/, '') || 'default')
    case 'orbstack':
      return onDocker && isLocal && (dockerHost.includes('/.orbstack/') || isDefault(dockerHost))
    default:
      return false
  }
}

/** What to do when a cluster cannot see the images of its own Docker Desktop; `undefined`: it can. */
export function dockerDesktopProblem({ product, runtime, containerdImages }: ClusterDaemon): string | undefined {
  if (product !== 'docker-desktop' || runtime !== 'containerd' || containerdImages !== false) return undefined
  return 'the cluster of Docker Desktop runs on containerd, but Docker keeps its images elsewhere. Switch on "Use containerd for pulling and storing images" in its settings under General'
}

function isDefault(dockerHost: string): boolean {
  return dockerHost === 'unix:///var/run/docker.sock'
}

function isOfOther(dockerHost: string): boolean {
  return ['/.colima/', '/.orbstack/', '/.rd/'].some((folder) => dockerHost.includes(folder))
}

function colimaProfile(dockerHost: string): string | undefined {
  return (
    /\/\.colima\/(?:([^/]+)\/)?docker\.sock$/.exec(dockerHost)?.[1] ??
    (/\/\.colima\/docker\.sock$/.test(dockerHost) ? 'default' : undefined)
  )
}
