import type { KubernetesManifest } from '@tiltts/spec'
import { groupOf } from './objects.js'
import { templateLabels } from './pod-templates.js'
import { recordAt } from './tree.js'

/**
 * Finds the workload whose pods a Service leads to: the first one that has all labels of its selector. A Service that
 * names a namespace leads to workloads of that only.
 *
 * @returns the position of the workload; `undefined` for what is no Service, or leads elsewhere
 */
export function serviceOwners(
  workloads: readonly KubernetesManifest[],
): (object: KubernetesManifest) => number | undefined {
  const labels = workloads.map(templateLabels)
  const byLabel = new Map<string, number[]>()
  labels.forEach((own, index) => {
    for (const [name, value] of Object.entries(own)) {
      const group = byLabel.get(labelKey(name, value))
      if (group === undefined) byLabel.set(labelKey(name, value), [index])
      else group.push(index)
    }
  })
  return (object) => {
    if (object.kind !== 'Service' || groupOf(object.apiVersion) !== '') return undefined
    const wanted = Object.entries(recordAt(object, ['spec', 'selector']) ?? {})
    const groups = wanted.map(([name, value]) => byLabel.get(labelKey(name, value)) ?? [])
    const fewest = groups.toSorted((a, b) => a.length - b.length)[0] ?? []
    const { namespace } = object.metadata
    return fewest.find((index) => {
      if (namespace && namespace !== (workloads[index]?.metadata.namespace || 'default')) return false
      return wanted.every(([name, value]) => labels[index]?.[name] === value)
    })
  }
}

function labelKey(name: string, value: unknown): string {
  return `${name}=${String(value)}`
}
