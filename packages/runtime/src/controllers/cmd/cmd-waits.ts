import type { ObjectStore } from '@tiltts/core/store'
import type { CmdStatus } from '@tiltts/spec'
import { type NameController, own } from '../controller.js'

/** How a run ended; `undefined`: its Cmd is gone, or was given another run. */
export type RunEnd = NonNullable<CmdStatus['terminated']> | undefined

/** Lets work wait for the end of a run without looking again and again. */
export interface CmdWaits {
  readonly controller: NameController
  /** One wait a Cmd at a time; a new one ends the one before. */
  ended(cmd: string, runId: string): Promise<RunEnd>
  /** Ends all waits, and those to come: nothing will be told any more. */
  close(): void
}

export function cmdWaits(store: ObjectStore): CmdWaits {
  const waits = new Map<string, { readonly runId: string; readonly resolve: (end: RunEnd) => void }>()

  let closed = false

  const look = (name: string): void => {
    const wait = waits.get(name)
    if (wait === undefined) return
    const cmd = store.get('Cmd', name)
    const present = cmd?.spec.runId === wait.runId || cmd?.status.runId === wait.runId
    const end = cmd?.status.runId === wait.runId ? cmd.status.terminated : undefined
    if (present && end === undefined) return
    waits.delete(name)
    wait.resolve(end)
  }

  return {
    controller: { name: 'cmd-waits', watches: [own('Cmd')], reconcile: look },
    close() {
      closed = true
      for (const { resolve } of waits.values()) resolve(undefined)
      waits.clear()
    },
    ended(cmd, runId) {
      if (closed) return Promise.resolve(undefined)
      waits.get(cmd)?.resolve(undefined)
      return new Promise((resolve) => {
        waits.set(cmd, { runId, resolve })
        look(cmd)
      })
    },
  }
}
