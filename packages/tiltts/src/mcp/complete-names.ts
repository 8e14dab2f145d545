import type { UseSession } from './session-call.js'

/** Completes names of resources. */
export function completeNames(useSession: UseSession): (typed: string) => Promise<string[]> {
  return async (typed) => {
    const names = (await useSession((client) => client.list('UIResource'))).map(({ metadata }) => metadata.name)
    return names.filter((name) => name.startsWith(typed))
  }
}
