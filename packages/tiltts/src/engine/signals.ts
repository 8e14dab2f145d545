const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** One Ctrl-C may come twice: from the terminal, and handed on by npm or a script in between. In milliseconds. */
const sameRequest = 250

/** Calls back at each signal that asks for the end; the returned function stops that. */
export function onSignals(fn: () => void): () => void {
  let last = Number.NEGATIVE_INFINITY
  const onSignal = (): void => {
    const now = performance.now()
    if (now - last < sameRequest) return
    last = now
    fn()
  }
  for (const signal of signals) process.on(signal, onSignal)
  // A terminal that was closed takes stdout with it; what is written then must not end us before our children have ended.
  const ignore = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
  }
  process.stdout.on('error', ignore)
  process.stderr.on('error', ignore)
  return () => {
    for (const signal of signals) process.off(signal, onSignal)
  }
}
