/** Carries things out one after another. */
export type Serial = <T>(act: (signal: AbortSignal) => Promise<T>, signal: AbortSignal) => Promise<T>

/**
 * Whoever aborts hears it at once; the next still waits until the work before it has stopped.
 *
 * @param ended aborted with the error that everything rejects with from then on
 */
export function serial(ended: AbortSignal): Serial {
  let last: Promise<unknown> = Promise.resolve()
  return (act, signal) => {
    const before = last
    const both = AbortSignal.any([signal, ended])
    const work = (async () => {
      await before
      both.throwIfAborted()
      try {
        return await act(both)
      } catch (error) {
        // What breaks because the container has stopped says so.
        throw both.aborted ? both.reason : error
      }
    })()
    last = work.catch(() => {})
    return new Promise((resolve, reject) => {
      const abort = (): void => reject(both.reason)
      if (both.aborted) abort()
      both.addEventListener('abort', abort, { once: true })
      work.finally(() => both.removeEventListener('abort', abort)).then(resolve, reject)
    })
  }
}
