const duties: (() => void)[] = []

/** Has something done at the end of the run, however that comes: last in, first out. What is returned does it now, once. */
export function atEnd(act: () => void): () => void {
  const duty = (): void => {
    const place = duties.indexOf(duty)
    if (place < 0) return
    duties.splice(place, 1)
    act()
  }
  duties.push(duty)
  return duty
}

/** Does all that is left to be done at the end. One that fails does not keep the others from it. */
export function tidyUp(): void {
  for (const duty of [...duties].reverse()) {
    try {
      duty()
    } catch (error) {
      console.error(`left behind: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

/** After Ctrl-C, too, nothing is left behind. */
export function tidyUpWhenInterrupted(): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    // Not once: a terminal and a wrapper both send it, and the second must not end what the first began.
    process.on(signal, () => {
      tidyUp()
      process.exit(code)
    })
  }
}
