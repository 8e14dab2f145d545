/** Names for Updates: `api-1`, `api-2` … Counted for the whole session, also when the resource goes and comes back. */
export interface UpdateNames {
  next(resource: string): string
}

export function updateNames(taken: (name: string) => boolean): UpdateNames {
  const counts = new Map<string, number>()
  return {
    next(resource) {
      let count = (counts.get(resource) ?? 0) + 1
      // A client may have chosen the name.
      while (taken(`${resource}-${count}`)) count++
      counts.set(resource, count)
      return `${resource}-${count}`
    },
  }
}
