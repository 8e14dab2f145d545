import { AsyncLocalStorage } from 'node:async_hooks'
import type { CallId } from '../protocol.js'

const calls = new AsyncLocalStorage<CallId>()

/** The call whose code is running, so that its output and commands are known to be its own; 0 outside of calls. */
export const currentCall = (): CallId => calls.getStore() ?? 0

export function inCall<T>(id: CallId, work: () => T): T {
  return calls.run(id, work)
}

// When the process is blocked, the engine stops it with a debugger and asks whose code it is.
Object.defineProperty(globalThis, Symbol.for('tiltts.current-call'), { value: currentCall })
