import { beginProbing, type ProbeStep, probeAnswered } from '@tiltts/core/schedule'
import type { ProbeSpec } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import type { ProbeAnswer } from '../../ports/network.js'

export interface Prober {
  /** Makes the next attempt now. */
  poke(): void
  stop(): void
}

export interface ProberOptions {
  readonly clock: Clock
  readonly probe: ProbeSpec
  readonly startedAt: number
  readonly attempt: (signal: AbortSignal) => Promise<ProbeAnswer>
  readonly onStep: (step: ProbeStep) => void
  /** An attempt never fails because of what it asks, so a throw is ours. */
  readonly run: (what: string, work: () => Promise<void>) => void
}

/** Probes a server again and again until stopped, one attempt at a time. */
export function startProber(options: ProberOptions): Prober {
  const { clock, probe } = options
  const life = new AbortController()
  const begun = beginProbing(probe, options.startedAt)
  let state = begun.state
  let underway = false
  let poked = false
  let cancel = (): void => {}

  const ask = async (): Promise<void> => {
    const startedAt = clock.now()
    const answer = await options.attempt(life.signal)
    underway = false
    if (life.signal.aborted) return
    const step = probeAnswered(probe, state, { ...answer, startedAt, endedAt: clock.now() })
    state = step.state
    options.onStep(step)
    // Output does not unsay itself: once a line was seen, the server stays ready.
    if (probe.action.kind === 'log' && step.ready) return
    schedule(poked ? 0 : step.delayMs)
  }

  const now = (): void => {
    cancel()
    poked = false
    underway = true
    options.run('probe', ask)
  }

  const schedule = (delayMs: number): void => {
    cancel = clock.timer(delayMs, now)
  }

  schedule(begun.delayMs)
  return {
    poke() {
      const early = clock.now() < options.startedAt + probe.initialDelayMs
      if (life.signal.aborted || early) return
      if (underway) poked = true
      else now()
    },
    stop() {
      life.abort(new Error('the process has ended'))
      cancel()
    },
  }
}
