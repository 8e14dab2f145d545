import type { FunctionCall, FunctionHost } from '@tiltts/runtime/ports'
import { type Diagnostic, type Place, UserError } from '@tiltts/spec'
import { functionStopped, functionTimeout } from './complaints.js'
import type { HostEvaluation, HostSession, HostSessionOptions, RunningCall } from './host-session.js'

export interface FunctionHostOptions extends Pick<HostSessionOptions, 'clock' | 'limits'> {
  readonly host: HostSession
  readonly evaluation: HostEvaluation
  /** Evaluates the same config again in another host, when this one is gone. */
  readonly again: () => Promise<{ readonly host: HostSession; readonly evaluation: HostEvaluation }>
  readonly argv: FunctionHost['argv']
}

/** Calls the functions of one evaluation, in whichever process has them. */
export function createFunctionHost(options: FunctionHostOptions): FunctionHost {
  const { clock, limits } = options
  let current = Promise.resolve({ host: options.host, evaluation: options.evaluation })
  let released: Promise<void> | undefined
  /** Calls whose callers still wait. */
  const awaited = new Set<Promise<unknown>>()

  const serving = async (): Promise<{ readonly host: HostSession; readonly evaluation: HostEvaluation }> => {
    const now = await current
    if (now.host.state === 'serving') return now
    current = options.again()
    return await current
  }

  const run = async (
    { fnId, context, args, timeoutMs, onLog }: FunctionCall,
    signal: AbortSignal,
  ): Promise<unknown> => {
    if (released !== undefined) throw stopped('The config was evaluated again meanwhile: its functions are gone')
    if (signal.aborted) throw stopped('The function was stopped before it began')
    const { host, evaluation } = await serving()
    if (evaluation.result.graph === undefined) throw new UserError(evaluation.result.diagnostics)
    const places = [evaluation.places.get(fnId)].filter((place): place is Place => place !== undefined)
    const running = host.call(fnId, context, onLog, args)
    const limit = giveUp(running, signal, timeoutMs, functionTimeout(fnId, timeoutMs, places))
    const outcome = await Promise.race([running.outcome, limit.reached]).finally(limit.cancel)
    if (signal.aborted) throw stopped('The function was stopped')
    if (!outcome.ok) throw new UserError(outcome.diagnostics)
    return outcome.value
  }

  /** Rejects when the caller need wait no longer for a call that does not end. */
  const giveUp = (
    running: RunningCall,
    signal: AbortSignal,
    timeoutMs: number,
    late: Diagnostic,
  ): { readonly reached: Promise<never>; readonly cancel: () => void } => {
    const timers: (() => void)[] = []
    let reject = (_error: UserError): void => {}
    const reached = new Promise<never>((_resolve, fail) => {
      reject = fail
    })
    const onAbort = (): void => {
      running.abort('the step was stopped')
      timers.push(clock.timer(limits.abortMs, () => reject(stopped('The function was stopped, and did not end'))))
    }
    signal.addEventListener('abort', onAbort, { once: true })
    if (timeoutMs > 0) {
      timers.push(
        clock.timer(timeoutMs, () => {
          running.abort(late.message)
          reject(new UserError([late]))
        }),
      )
    }
    const cancel = (): void => {
      signal.removeEventListener('abort', onAbort)
      for (const cancelTimer of timers) cancelTimer()
    }
    return { reached, cancel }
  }

  return {
    call(request, signal) {
      const call = run(request, signal)
      const settled = call.then(
        () => {},
        () => {},
      )
      awaited.add(settled)
      void settled.then(() => awaited.delete(settled))
      return call
    },
    argv: options.argv,
    release() {
      released ??= (async () => {
        await Promise.all(awaited)
        const { host } = await current
        await host.leave()
      })()
      return released
    },
  }
}

const stopped = (message: string): UserError => new UserError([functionStopped(message)])
