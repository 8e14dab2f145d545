import type { Finding, Recorder, TrackedCall } from './recorder.js'

/**
 * A promise that tells whether anybody took its result.
 * `await` looks at `then` only when the constructor is not the plain `Promise`, hence a class.
 */
class Tracked<T> extends Promise<T> {
  call: TrackedCall | undefined

  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  // biome-ignore lint/suspicious/noThenProperty: being asked for `then` is what this class is about
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    if (this.call !== undefined) this.call.awaited = true
    return super.then(onFulfilled, onRejected)
  }
}

/** Hands out a promise of the builder's work, and remembers whether the config awaits it. */
export function track<T>(recorder: Recorder, builder: string, at: Error, work: Promise<T>): Promise<T> {
  const call: TrackedCall = {
    builder,
    at,
    awaited: false,
    pending: true,
    failure: undefined,
    settled: work.then(
      () => {
        call.pending = false
      },
      (error: unknown) => {
        call.pending = false
        call.failure = error
      },
    ),
  }
  const promise = new Tracked<T>((resolve) => resolve(work))
  // a rejection that nobody handles is reported with its place, it must not end the process
  promise.then(undefined, () => undefined)
  promise.call = call
  if (recorder.isOpen()) recorder.draft.tracked.push(call)
  return promise
}

/** Waits until no tracked promise is pending, those included that continuations of others start. */
export async function settleTracked(tracked: readonly TrackedCall[]): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve))
    const pending = tracked.filter((call) => call.pending)
    if (pending.length === 0) return
    await Promise.all(pending.map((call) => call.settled))
  }
}

/**
 * One complaint for each promise that nobody took.
 * In an evaluation that stopped half-way, the `await` may have been further down: then it is a warning.
 */
export function unawaited(tracked: readonly TrackedCall[], stopped: boolean): readonly Finding[] {
  return tracked
    .filter((call) => !call.awaited)
    .map(({ builder, at, failure }) => ({
      code: 'config/unawaited',
      severity: stopped ? 'warning' : 'error',
      message:
        failure === undefined
          ? `Nobody awaited the promise of ${builder}()`
          : `Nobody awaited the promise of ${builder}(), and it failed: ${failure instanceof Error ? failure.message : String(failure)}`,
      hint: `Write: await ${builder}(…)`,
      at,
    }))
}
