import type { LinkedGraph, LinkedResource } from '@tiltts/core/graph'

/** Enabled resources, last declared first, but each before those that it depends on. */
export function downOrder({ resources, enabled }: LinkedGraph): readonly LinkedResource[] {
  const byName = new Map(resources.map((resource) => [resource.name, resource]))
  const upOrder: LinkedResource[] = []
  const seen = new Set<string>()

  const visit = (resource: LinkedResource): void => {
    if (seen.has(resource.name)) return
    seen.add(resource.name)
    for (const { on } of resource.spec.dependencies) {
      const dependency = byName.get(on)
      if (dependency !== undefined) visit(dependency)
    }
    if (enabled.has(resource.name)) upOrder.push(resource)
  }

  for (const resource of resources) visit(resource)
  return upOrder.reverse()
}
