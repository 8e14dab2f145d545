import type { KubernetesManifest } from '@tiltts/spec'

/** A Service, as far as forwards and links need it. */
export interface ServiceView {
  /** Undefined: it selects no pods. */
  readonly selector: Readonly<Record<string, string>> | undefined
  readonly ports: readonly ServicePort[]
  /** Of its load balancer. */
  readonly urls: readonly string[]
  /** It wants a load balancer. */
  readonly nodePorts: readonly { readonly port: number; readonly nodePort: number }[]
}

interface ServicePort {
  readonly name: string
  readonly port: number
  /** Number, or name of a port of the container. */
  readonly targetPort: number | string
}

export function serviceView(object: KubernetesManifest): ServiceView {
  const spec = recordOf(object['spec'])
  const labels = recordOf(spec['selector'])
  const selector = Object.fromEntries(
    Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
  const ports = listOf(spec['ports']).map((port): ServicePort => {
    const number = numberOf(port['port'])
    const target = port['targetPort']
    return {
      name: typeof port['name'] === 'string' ? port['name'] : '',
      port: number,
      targetPort: typeof target === 'number' || typeof target === 'string' ? target : number,
    }
  })
  const balanced = spec['type'] === 'LoadBalancer'
  const ingress = listOf(recordOf(recordOf(object['status'])['loadBalancer'])['ingress'])
  const nodePorts = listOf(spec['ports']).map((port) => ({
    port: numberOf(port['port']),
    nodePort: numberOf(port['nodePort']),
  }))
  return {
    selector: Object.keys(selector).length === 0 ? undefined : selector,
    ports,
    urls: balanced ? ingress.flatMap((one) => ingressUrl(one, ports[0]?.port) ?? []) : [],
    nodePorts: balanced ? nodePorts.filter(({ nodePort }) => nodePort > 0) : [],
  }
}

/** `https` on the port that it is known by, `http` on any other. */
function ingressUrl(ingress: Readonly<Record<string, unknown>>, port: number | undefined): string | undefined {
  const host = [ingress['hostname'], ingress['ip']].find((one) => typeof one === 'string' && one !== '')
  if (typeof host !== 'string' || port === undefined) return undefined
  const name = host.includes(':') ? `[${host}]` : host
  if (port === 443) return `https://${name}/`
  return port === 80 ? `http://${name}/` : `http://${name}:${port}/`
}

type Fields = Readonly<Record<string, unknown>>

function recordOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(recordOf) : []
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
