import { formatRoughly } from '../status/go-duration.js'
import type { BuildEvent, BuildStepEvent, BuildWarningEvent } from './build-event.js'
import { isDockerfileStep, shortSize, stepTitle } from './build-step-text.js'
import { type OutputLines, outputLines } from './output-lines.js'

/** A build as lines to be read, without line ends. */
export interface BuildLog {
  push(event: BuildEvent): readonly string[]
  /** What is still open, and a line of totals. */
  end(): readonly string[]
}

interface Step {
  readonly name: string
  readonly output: OutputLines
  /** Bytes moved, by what moves. */
  readonly moved: Map<string, number>
  /** Its title was printed. */
  titled: boolean
  state: BuildStepEvent['state']
  startedAt: number | undefined
  finishedAt: number | undefined
}

/** What the builder does by itself is told of from this time on, in milliseconds. */
const longMs = 1000
const indent = '  '

/**
 * Makes a readable log of what a builder tells: a step's title once it runs, its output indented below it, and how it
 * ended. Steps that run side by side each get their title again when they go on. What the builder does by itself (looking
 * up images, loading the context) is told only if it takes long or fails.
 *
 * @example
 * const log = buildLogLines()
 * for (const line of log.push({ kind: 'step', id: 'a', name: '[2/5] COPY . .', state: 'cached' })) print(line)
 * // [2/5] COPY . .
 * //   cached
 */
export function buildLogLines(): BuildLog {
  const steps = new Map<string, Step>()
  /** The step that the last line belongs to. */
  let current: Step | undefined

  const under = (step: Step, lines: readonly string[]): readonly string[] => {
    if (lines.length === 0) return []
    const title = stepTitle(step.name)
    const head = step === current ? [] : [step.titled ? `${title} (continued)` : title]
    current = step
    step.titled = true
    return [...head, ...lines.map((line) => (line === '' ? '' : indent + line))]
  }

  const begin = (step: Step): readonly string[] => {
    if (step.titled || !isDockerfileStep(step.name)) return []
    step.titled = true
    current = step
    return [stepTitle(step.name)]
  }

  const tellStep = (event: BuildStepEvent): readonly string[] => {
    const step = steps.get(event.id) ?? newStep(event.name)
    steps.set(event.id, step)
    const before = step.state
    step.state = event.state
    step.startedAt = earliest(step.startedAt, event.startedAt)
    step.finishedAt = event.finishedAt ?? step.finishedAt
    if (event.state === 'running') return begin(step)
    if (before === event.state) return []
    const rest = step.output.end()
    const told = step.titled || isDockerfileStep(step.name) || event.state === 'failed' || duration(step) >= longMs
    return under(step, told ? [...rest, ending(step, event)] : rest)
  }

  const tell = (event: BuildEvent): readonly string[] => {
    if (event.kind === 'step') return tellStep(event)
    if (event.kind === 'warning') {
      current = undefined
      return [warning(event)]
    }
    const step = steps.get(event.step) ?? newStep(event.step)
    steps.set(event.step, step)
    if (event.kind === 'output') return under(step, step.output.push(event.text))
    step.moved.set(event.text, Math.max(event.current, step.moved.get(event.text) ?? 0))
    return []
  }

  return {
    push: tell,
    end() {
      const open = [...steps.values()].flatMap((step) => under(step, step.output.end()))
      return [...open, ...totals([...steps.values()])]
    },
  }
}

function newStep(name: string): Step {
  const [startedAt, finishedAt] = [undefined, undefined]
  return { name, output: outputLines(), moved: new Map(), titled: false, state: 'running', startedAt, finishedAt }
}

function ending(step: Step, { state, error }: BuildStepEvent): string {
  if (state === 'cached') return 'cached'
  const time = step.startedAt === undefined || step.finishedAt === undefined ? '' : formatRoughly(duration(step))
  if (state === 'cancelled') return time === '' ? 'cancelled' : `cancelled after ${time}`
  if (state === 'failed') {
    const why = error?.trim().split('\n')[0] ?? ''
    return [time === '' ? 'failed' : `failed after ${time}`, ...(why === '' ? [] : [why])].join(': ')
  }
  const bytes = [...step.moved.values()].reduce((sum, one) => sum + one, 0)
  return [time === '' ? 'done' : `done in ${time}`, ...(bytes === 0 ? [] : [shortSize(bytes)])].join(', ')
}

function warning({ message, place }: BuildWarningEvent): string {
  const where = place === undefined ? '' : ` (${place.file.split(/[/\\]/).at(-1)}:${place.line})`
  return `warning: ${message.trim()}${where}`
}

/** `5 steps, 3 cached, 12.3s`. */
function totals(steps: readonly Step[]): readonly string[] {
  const told = steps.filter(({ name }) => isDockerfileStep(name))
  if (told.length === 0) return []
  const cached = told.filter(({ state }) => state === 'cached').length
  const from = Math.min(...steps.flatMap(({ startedAt }) => startedAt ?? []))
  const to = Math.max(...steps.flatMap(({ finishedAt }) => finishedAt ?? []))
  const parts = [
    `${told.length} ${told.length === 1 ? 'step' : 'steps'}`,
    ...(cached === 0 ? [] : [cached === told.length ? 'all cached' : `${cached} cached`]),
    ...(Number.isFinite(to - from) ? [formatRoughly(to - from)] : []),
  ]
  return [parts.join(', ')]
}

function duration({ startedAt, finishedAt }: Step): number {
  return startedAt === undefined || finishedAt === undefined ? 0 : Math.max(0, finishedAt - startedAt)
}

function earliest(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined ? (left ?? right) : Math.min(left, right)
}
