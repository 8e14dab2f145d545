/**
 * Lets calls of `up` for one project through: the first alone, as it makes the networks and volumes that all share; once
 * one has succeeded, any number together.
 */
export interface ProjectGate {
  enter<T extends { readonly exitCode: number }>(project: string, work: () => Promise<T>): Promise<T>
}

export function projectGate(): ProjectGate {
  const open = new Set<string>()
  const first = new Map<string, Promise<unknown>>()
  return {
    async enter(project, work) {
      while (!open.has(project)) {
        const before = first.get(project)
        if (before !== undefined) {
          await before
          continue
        }
        const run = work()
        const settled = run.then(
          ({ exitCode }) => exitCode === 0 && open.add(project),
          () => {},
        )
        first.set(project, settled)
        await settled
        first.delete(project)
        return run
      }
      return work()
    },
  }
}
