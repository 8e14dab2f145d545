/** Does work in the order in which it comes: at once, unless it is so much that others have to have their turn, too. */
export interface Turns {
  take(work: readonly (() => void)[]): void
}

/** For pods that is a hundredth of a second. */
const atOnce = 200

/** @param isOver from then on nothing more is done */
export function turns(isOver: () => boolean): Turns {
  const left: (() => void)[] = []
  let busy = false

  const turn = (): void => {
    try {
      for (const work of left.splice(0, atOnce)) if (!isOver()) work()
    } finally {
      busy = left.length > 0 && !isOver()
      if (busy) setImmediate(turn)
    }
  }
  return {
    take(work) {
      for (const one of work) left.push(one)
      if (busy) return
      busy = true
      turn()
    },
  }
}
