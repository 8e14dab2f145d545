import { inNamespace, manifestMatcher } from '@tiltts/core/manifests'
import type { ManifestLoad } from '@tiltts/runtime/ports'
import type { ConfigRead, FilterSource, ManifestSource, NamespaceSource } from '@tiltts/spec'
import { eachOf } from './each-of.js'
import { fileLoader } from './file-loader.js'
import { helmLoader } from './helm/helm-loader.js'
import { kustomizeLoader } from './kustomize/kustomize-loader.js'
import type { ManifestsOptions } from './manifests-options.js'
import { objectsOf } from './objects-source.js'
import { renderMemory } from './render-memory.js'
import { textReader } from './text-reader.js'

export type ManifestLoader = (sources: readonly ManifestSource[], signal: AbortSignal) => Promise<ManifestLoad>

/** Renderings at a time: they are processes that compute. */
const renderings = 4

/** Loads sources in their order; each error is told with those of the others. */
export function manifestLoader(options: ManifestsOptions): ManifestLoader {
  const parts = { ...options, memory: renderMemory(options), read: textReader() }
  const fromFile = fileLoader(parts)
  const fromHelm = helmLoader(parts)
  const fromKustomize = kustomizeLoader(parts)

  const loadOne = async (source: ManifestSource, signal: AbortSignal): Promise<ManifestLoad> => {
    switch (source.type) {
      case 'file':
        return fromFile(source, signal)
      case 'objects':
        return objectsOf(source)
      case 'text':
        return { ...(await parts.read({ text: source.text, name: 'the text in the config' }, signal)), reads: [] }
      case 'helm':
        return fromHelm(source, signal)
      case 'kustomize':
        return fromKustomize(source, signal)
      case 'filter':
        return filtered(source, await load(source.sources, signal))
      case 'namespace':
        return moved(source, await load(source.sources, signal))
    }
  }
  const load: ManifestLoader = async (sources, signal) => {
    const loads = await eachOf(sources, renderings, (source) => {
      signal.throwIfAborted()
      return loadOne(source, signal)
    })
    signal.throwIfAborted()
    return {
      documents: loads.flatMap(({ documents }) => documents),
      diagnostics: loads.flatMap(({ diagnostics }) => diagnostics),
      reads: onceEach(loads.flatMap(({ reads }) => reads)),
    }
  }
  return load
}

function filtered({ selector, keep }: FilterSource, load: ManifestLoad): ManifestLoad {
  const matcher = manifestMatcher(selector)
  if ('problem' in matcher) {
    const { message } = matcher.problem
    return {
      ...load,
      documents: [],
      diagnostics: [...load.diagnostics, { code: 'config/invalid-option', severity: 'error', message, places: [] }],
    }
  }
  const wanted = keep === 'matching'
  return { ...load, documents: load.documents.filter(({ object }) => matcher.matches(object) === wanted) }
}

function moved({ namespace }: NamespaceSource, load: ManifestLoad): ManifestLoad {
  const objects = inNamespace(
    load.documents.map(({ object }) => object),
    namespace,
  )
  const documents = load.documents.map((one, index) => ({ ...one, object: objects[index] ?? one.object }))
  return { ...load, documents }
}

function onceEach(reads: readonly ConfigRead[]): readonly ConfigRead[] {
  return [...new Map(reads.map((read) => [`${read.kind}${read.depth ?? ''} ${read.path}`, read])).values()]
}
