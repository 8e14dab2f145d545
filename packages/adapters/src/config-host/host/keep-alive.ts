/** Keeps the process alive as long as somebody holds it. */
export interface KeepAlive {
  /** Returns what lets go. */
  hold(): () => void
}

/** @param handle What keeps the process alive by itself, such as the channel to the engine. */
export function createKeepAlive(handle: { ref(): void; unref(): void }): KeepAlive {
  let holders = 0
  handle.unref()
  return {
    hold() {
      holders += 1
      if (holders === 1) handle.ref()
      let holds = true
      return () => {
        if (!holds) return
        holds = false
        holders -= 1
        if (holders === 0) handle.unref()
      }
    },
  }
}
