import type { BuildEvent, BuildStepEvent } from '@tiltts/runtime/ports'
import type { FailedStep } from '../trace/build-progress.js'

/** Reads what builders without BuildKit print: `Step 2/5 : RUN npm ci`, its output, ` ---> Using cache`. */
export interface LegacySteps {
  push(message: Readonly<Record<string, unknown>>): void
  /** The build has ended. */
  end(failed: boolean): void
  /** The step that ran last. */
  last(error: string): FailedStep | undefined
}

interface Open {
  readonly id: string
  readonly name: string
  readonly startedAt: number
  output: string
  cached: boolean
}

/** So much of a step's output is kept. */
const keptOutput = 8 * 1024

/** @param now the time in milliseconds since the epoch: the engine tells none */
export function legacySteps(onEvent: (event: BuildEvent) => void, now: () => number): LegacySteps {
  let step: Open | undefined

  const tell = (open: Open, state: BuildStepEvent['state'], times: { readonly finishedAt?: number } = {}): void => {
    const { id, name, startedAt } = open
    onEvent({ kind: 'step', id, name, state, ...(state === 'cached' ? {} : { startedAt, ...times }) })
  }
  const close = (failed: boolean): void => {
    if (!step) return
    const { cached } = step
    tell(step, failed ? 'failed' : cached ? 'cached' : 'done', { finishedAt: now() })
    step = undefined
  }
  const open = (number: string, text: string): void => {
    close(false)
    step = { id: number, name: `[${number}] ${text}`, startedAt: now(), output: '', cached: false }
    tell(step, 'running')
  }
  const line = (text: string): void => {
    // Docker writes `Step 1/3 : FROM`, Podman `STEP 1/3: FROM`.
    const [, number, title] = /^step (\d+\/\d+) ?: (.*)/i.exec(text) ?? []
    if (number !== undefined && title !== undefined) {
      open(number, title.trim())
      return
    }
    if (!step || isNoise(text)) return
    if (/^ ?-*-> Using cache/.test(text)) {
      step.cached = true
      return
    }
    step.output = (step.output + text).slice(-keptOutput)
    onEvent({ kind: 'output', step: step.id, text, stream: 'stdout' })
  }

  return {
    push({ stream, status, id, progressDetail }) {
      if (typeof stream === 'string') for (const text of stream.match(/[^\n]*\n|[^\n]+$/g) ?? []) line(text)
      if (typeof status !== 'string' || typeof id !== 'string' || !step) return
      const { current, total } = progressOf(progressDetail)
      if (current > 0) onEvent({ kind: 'progress', step: step.id, text: `${status} ${id}`, current, total })
    },
    end: close,
    last: (error) => step && { name: step.name, error, output: step.output },
  }
}

/** Ids of containers and images that come and go between the steps. */
function isNoise(text: string): boolean {
  return /^(Removing intermediate container| ?-*-> [0-9a-f]+\s*$| ---> Running in |Successfully (built|tagged) )/.test(
    text,
  )
}

function progressOf(detail: unknown): { readonly current: number; readonly total: number } {
  if (typeof detail !== 'object' || detail === null) return { current: 0, total: 0 }
  const { current, total } = detail as Readonly<Record<string, unknown>>
  return { current: typeof current === 'number' ? current : 0, total: typeof total === 'number' ? total : 0 }
}
