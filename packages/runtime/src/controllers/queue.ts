/** Names that wait for their turn: each once, first in first out, and none while it is at work. */
export interface NameQueue {
  add(name: string): void
  /** Takes the next name that is not at work. It is at work until `done`. */
  take(): string | undefined
  /** Takes all names that are not at work. */
  takeAll(): readonly string[]
  done(name: string): void
  /** Neither waiting nor at work. */
  readonly idle: boolean
  /** Something waits that could be taken. */
  readonly ready: boolean
}

export function nameQueue(): NameQueue {
  const waiting = new Set<string>()
  const working = new Set<string>()
  /** Added again while at work; they wait from `done` on. */
  const again = new Set<string>()
  return {
    add(name) {
      if (working.has(name)) again.add(name)
      else waiting.add(name)
    },
    take() {
      for (const name of waiting) {
        waiting.delete(name)
        working.add(name)
        return name
      }
      return undefined
    },
    takeAll() {
      const names = [...waiting]
      waiting.clear()
      for (const name of names) working.add(name)
      return names
    },
    done(name) {
      working.delete(name)
      if (again.delete(name)) waiting.add(name)
    },
    get idle() {
      return waiting.size === 0 && working.size === 0
    },
    get ready() {
      return waiting.size > 0
    },
  }
}
