import type { Pod } from '@tiltts/spec'
import { nameIndex } from '../name-index.js'
import { marksOf, type PodLook } from './look-around.js'

/** The resources that look around for pods, found by a pod without asking each of them. */
export interface Lookers {
  /** From now on this is what a resource looks for. @param service mark of the Service that it leads to */
  set(name: string, looks: readonly PodLook[], service?: string): void
  /** Those that a pod concerns. */
  for(pod: Pod): ReadonlySet<string>
  /** Those that lead to a Service. */
  ledTo(service: string): ReadonlySet<string>
}

export function lookers(): Lookers {
  const looksOf = new Map<string, readonly PodLook[]>()
  const byMark = nameIndex()
  const byService = nameIndex()
  return {
    set(name, looks, service) {
      if (looks.length === 0) looksOf.delete(name)
      else looksOf.set(name, looks)
      byMark.set(
        name,
        looks.map(({ mark }) => mark),
      )
      byService.set(name, service === undefined ? [] : [service])
    },
    for(pod) {
      const found = new Set<string>()
      for (const mark of marksOf(pod)) {
        for (const name of byMark.of(mark)) {
          if (looksOf.get(name)?.some((look) => look.isMeant(pod)) === true) found.add(name)
        }
      }
      return found
    },
    ledTo: byService.of,
  }
}
