import type { LinkSpec, PortForward, UIResourceStatus } from '@tiltts/spec'
import type { ResourceView } from './resource-view.js'

/**
 * Links of a row: those of its port forwards, also before a pod runs; without a forward those that the cluster gives out
 * for load balancers; then those the config names.
 */
export function endpointLinks({
  resource,
  discovery,
  forward,
}: Pick<ResourceView, 'resource' | 'discovery' | 'forward'>): UIResourceStatus['endpointLinks'] {
  const own = forward === undefined ? (discovery?.status.urls ?? []).map((url) => ({ url })) : forwardLinks(forward)
  return [...own, ...resource.spec.links].map(({ url, name }: LinkSpec) => ({ url, name: name ?? '' }))
}

/** A free port has no number before it is listened on. */
function forwardLinks({ spec, status }: PortForward): readonly LinkSpec[] {
  return spec.forwards.flatMap(({ localPort, host, linkPath = '', name }, index) => {
    const port = localPort === 0 ? (status.forwards[index]?.localPort ?? 0) : localPort
    if (port === 0) return []
    const path = linkPath.startsWith('/') || linkPath === '' ? linkPath : `/${linkPath}`
    return [{ url: `http://${browserHost(host)}:${port}${path === '' ? '/' : path}`, name }]
  })
}

/** An address that means every interface is reached by the name of this machine. */
function browserHost(host: string): string {
  if (host === '' || host === '0.0.0.0' || host === '::' || host === '127.0.0.1') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
