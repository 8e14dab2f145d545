import type { RegistrySpec } from '@tiltts/spec'
import { parseImageRef } from './image-ref.js'

/** What an image is called where it is built and pushed, and where it is run. Without tags. */
export interface RegistryNames {
  readonly local: string
  readonly cluster: string
  /** Goes before every tag: with one repository for all images, the tag tells them apart. */
  readonly tagPrefix: string
}

/**
 * The names of an image that is built here, in a registry. Tag and digest of the reference are dropped. A name that is in
 * the registry already stays.
 * @example
 * registryRef('gcr.io/shop/api', { host: 'localhost:5000', place: undefined }).local  // 'localhost:5000/gcr.io_shop_api'
 */
export function registryRef(ref: string, registry: RegistrySpec | undefined): RegistryNames {
  const name = parseImageRef(ref)?.name ?? ref
  if (registry === undefined) return { local: name, cluster: name, tagPrefix: '' }
  const { host, singleName } = registry
  const fromCluster = registry.hostFromCluster === undefined || registry.hostFromCluster === ''
  const clusterHost = fromCluster ? host : (registry.hostFromCluster ?? host)
  if (singleName !== undefined && singleName !== '') {
    const last = name.slice(name.lastIndexOf('/') + 1)
    return {
      local: `${host}/${singleName}`,
      cluster: `${clusterHost}/${singleName}`,
      tagPrefix: `${escapeName(last)}-`,
    }
  }
  if (name.startsWith(`${host}/`))
    return { local: name, cluster: `${clusterHost}${name.slice(host.length)}`, tagPrefix: '' }
  return { local: `${host}/${escapeName(name)}`, cluster: `${clusterHost}/${escapeName(name)}`, tagPrefix: '' }
}

/** The references of a build: names with a tag. */
export function taggedRefs(names: RegistryNames, tag: string): { readonly local: string; readonly cluster: string } {
  const full = `${names.tagPrefix}${tag}`
  return { local: `${names.local}:${full}`, cluster: `${names.cluster}:${full}` }
}

function escapeName(name: string): string {
  return name.replace(/[/:@]/g, '_')
}
