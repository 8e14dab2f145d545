import { stripVTControlCharacters } from 'node:util'
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

const red = '\u001b[91m'

/** So much of a step's output is kept. */
const keptOutput = 8 * 1024

/** @param now the time in milliseconds since the epoch: the engine tells none */
export function legacySteps(onEvent: (event: BuildEvent) => void, now: () => number): LegacySteps {
  let step: Open | undefined
  let count = 0

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
    // Podman counts anew in each stage.
    step = { id: String(++count), name: `[${number}] ${text}`, startedAt: now(), output: '', cached: false }
    tell(step, 'running')
  }
  const line = (text: string, stream: 'stdout' | 'stderr'): void => {
    // Docker writes `Step 1/3 : FROM`, Podman `STEP 1/3: FROM`, or `[1/2] STEP 1/3: FROM` where there are stages.
    const [, number, title] = /^(?:\[\d+\/\d+\] )?step (\d+\/\d+) ?: (.*)/i.exec(text) ?? []
    if (number !== undefined && title !== undefined) {
      open(number, title.trim())
      return
    }
    if (!step || isNoise(text)) return
    // The end of the step's title comes by itself.
    if (step.output === '' && text === '\n') return
    if (/^ ?-+> Using cache/.test(text)) {
      step.cached = true
      return
    }
    step.output = (step.output + text).slice(-keptOutput)
    onEvent({ kind: 'output', step: step.id, text, stream })
  }

  return {
    push({ stream, status, id, progressDetail }) {
      if (typeof stream === 'string') {
        // What a step prints as errors comes in red.
        const isRed = stream.startsWith(red)
        const text = isRed ? stripVTControlCharacters(stream) : stream
        for (const piece of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) line(piece, isRed ? 'stderr' : 'stdout')
      }
      if (typeof status !== 'string' || typeof id !== 'string' || !step) return
      const { current, total } = progressOf(progressDetail)
      if (current > 0) onEvent({ kind: 'progress', step: step.id, text: `${status} ${id}`, current, total })
    },
    end: close,
    last: (error) => step && { name: step.name, error, output: step.output },
  }
}

/** What builders say of containers and images that come and go between the steps. */
function isNoise(text: string): boolean {
  return noise.some((words) => words.test(text))
}

const noise = [
  /^Remov(ing|ed) intermediate container /,
  /^ ?-+> ([0-9a-f]+\s*$|Running in |Removed intermediate container )/,
  /^Successfully (built|tagged) /,
  // Podman's words for the image at the end.
  /^(COMMIT( .*)?|[0-9a-f]{64})\n?$/,
]

function progressOf(detail: unknown): { readonly current: number; readonly total: number } {
  if (typeof detail !== 'object' || detail === null) return { current: 0, total: 0 }
  const { current, total } = detail as Readonly<Record<string, unknown>>
  return { current: typeof current === 'number' ? current : 0, total: typeof total === 'number' ? total : 0 }
}
