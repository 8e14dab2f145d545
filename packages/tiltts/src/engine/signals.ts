const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Calls back at each signal that asks for the end; the returned function stops that. */
export function onSignals(fn: () => void): () => void {
  for (const signal of signals) process.on(signal, fn)
  // A terminal that was closed takes stdout with it; what is written then must not end us before our children have ended.
  const ignore = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
  }
  process.stdout.on('error', ignore)
  process.stderr.on('error', ignore)
  return () => {
    for (const signal of signals) process.off(signal, fn)
  }
}
