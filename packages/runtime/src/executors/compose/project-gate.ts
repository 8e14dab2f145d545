/**
 * Lets calls of `up` for one project through: the first alone, as it makes the networks and volumes that all share; once
 * one has succeeded, any number together, one a service.
 */
export interface ProjectGate {
  enter<T extends { readonly exitCode: number }>(project: string, service: string, work: () => Promise<T>): Promise<T>
}

export function projectGate(): ProjectGate {
  const open = new Set<string>()
  const first = new Map<string, Promise<unknown>>()
  const last = new Map<string, Promise<unknown>>()

  const alone = async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const before = last.get(key)
    const run = before === undefined ? work() : before.then(work)
    const settled = run.then(
      () => {},
      () => {},
    )
    last.set(key, settled)
    try {
      return await run
    } finally {
      if (last.get(key) === settled) last.delete(key)
    }
  }

  return {
    async enter(project, service, work) {
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
      return alone(`${project}/${service}`, work)
    },
  }
}
