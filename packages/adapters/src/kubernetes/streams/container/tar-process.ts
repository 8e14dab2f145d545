import type { PodExec } from './exec-in-pod.js'
import { framedTarScript, openFramedTar, type TarOpening } from './framed-tar.js'

/** The tar of a container that is kept for all copies, started again after one that was broken off. */
export interface TarProcess {
  /** Rejects when there is no shell to start it with; see `noShell`. */
  get(): Promise<Exclude<TarOpening, { readonly kind: 'lost' }>>
  /** Breaks off what it does. */
  discard(): void
  close(): void
}

export interface TarProcessDeps {
  readonly start: (argv: readonly string[], options: { readonly stdin: boolean }) => Promise<PodExec>
  /** It ended by itself: its container has, or the way to it. */
  readonly onLost: () => void
  /** Why it could not be started. */
  readonly failure: (exec: PodExec, said: string) => Error
}

export function tarProcess({ start, onLost, failure }: TarProcessDeps): TarProcess {
  let current: { readonly opening: ReturnType<TarProcess['get']>; stop(): void } | undefined

  const open = (): ReturnType<TarProcess['get']> => {
    let exec: PodExec | undefined
    let isStopped = false
    const opening = (async () => {
      exec = await start(['sh', '-c', framedTarScript], { stdin: true })
      if (isStopped) exec.pipe.destroy()
      const opened = await openFramedTar(exec.pipe)
      if (opened.kind === 'lost') throw failure(exec, opened.said)
      if (opened.kind === 'open') void exec.pipe.closed.then(() => isStopped || onLost())
      return opened
    })()
    const mine = {
      opening,
      stop() {
        isStopped = true
        // Its stdin ends with the connection, and that ends it.
        exec?.pipe.end()
        exec?.pipe.destroy()
      },
    }
    current = mine
    opening.catch(() => {
      if (current === mine) current = undefined
    })
    return opening
  }
  const discard = (): void => {
    current?.stop()
    current = undefined
  }
  return { get: () => current?.opening ?? open(), discard, close: discard }
}
