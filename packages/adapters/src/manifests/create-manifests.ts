import type { Manifests } from '@tiltts/runtime/ports'
import type { ManifestLoader } from './manifest-loader.js'
import type { ManifestsOptions } from './manifests-options.js'

/**
 * Manifests of this machine: files, and what helm and kustomize make of folders. A rendering is done again only when a file
 * that goes into it, an argument or the tool is another.
 *
 * @example
 * const manifests = createManifests({ processes, files, env: process.env, records })
 * const { documents } = await manifests.load([{ type: 'file', path: '/shop/k8s/*.yaml' }], signal)
 */
export function createManifests(options: ManifestsOptions): Manifests {
  let loader: ManifestLoader | undefined
  return {
    async load(sources, signal) {
      signal.throwIfAborted()
      // The parser is some 40 ms that a session without manifests need not spend.
      const { manifestLoader } = await import('./manifest-loader.js')
      loader ??= manifestLoader(options)
      return loader(sources, signal)
    },
  }
}
