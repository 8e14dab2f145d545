/** Steps that must all be tried, like those of a shutdown. */
export interface EachStep {
  /** Begins a step at once. Resolves to what it gives, or to `undefined` when it fails, which is kept. */
  attempt<T>(step: () => T | Promise<T>): Promise<T | undefined>
  /** Throws what went wrong first, when anything did. */
  check(): void
}

/**
 * Lets no step that fails keep the others from being taken.
 *
 * @example
 * const { attempt, check } = eachStep()
 * await attempt(() => server.close())
 * await attempt(() => files.close())
 * check()
 */
export function eachStep(): EachStep {
  const failures: unknown[] = []
  return {
    async attempt(step) {
      try {
        return await step()
      } catch (error) {
        failures.push(error)
        return undefined
      }
    },
    check() {
      if (failures.length > 0) throw failures[0]
    },
  }
}
