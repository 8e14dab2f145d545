import { DockerfileParser, type From, type Instruction } from 'dockerfile-ast'

/** An instruction of a Dockerfile that builders tell of as a step. */
export interface DockerfileStep {
  /** In upper case: `RUN`. */
  readonly keyword: string
  /** On one line: `RUN npm ci && npm run build`. */
  readonly text: string
  /** From 1. */
  readonly line: number
  /** The name in `FROM … AS name`, in lower case, else `stage-0` and so on. */
  readonly stage: string
  /** Its number in `[2/5]`; 0 for a `FROM` that is not counted. */
  readonly position: number
}

/** What builders count. */
const counted = new Set(['ADD', 'COPY', 'RUN', 'WORKDIR'])

/** The steps of all stages, in order. */
export function dockerfileSteps(text: string): readonly DockerfileStep[] {
  const steps: DockerfileStep[] = []
  const stages = new Set<string>()
  let stage = ''
  let position = 0
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const keyword = instruction.getKeyword()
    if (keyword === 'FROM') {
      const from = instruction as From
      const base = from.getImage()?.toLowerCase() ?? ''
      stage = from.getBuildStage()?.toLowerCase() ?? `stage-${stages.size}`
      // What stands on a stage of its own, or on nothing, has no step for its base.
      position = base === 'scratch' || stages.has(base) ? 0 : 1
      stages.add(stage)
    } else if (stage === '' || !counted.has(keyword)) {
      continue
    } else {
      position++
    }
    const line = instruction.getRange().start.line + 1
    steps.push({ keyword, text: oneLine(instruction), line, stage, position })
  }
  return steps
}

/**
 * The instruction that a builder's name of a step means: `[build 2/5] RUN npm ci`. The builder counts steps per stage, puts
 * variables into their texts and shortens long ones, so that not all of it need agree.
 */
export function findDockerfileStep(text: string, name: string): DockerfileStep | undefined {
  const match = /^\[(?:(.*) )?\s*(\d+)\/\d+\] (?:LINK )?(.*)$/s.exec(name)
  if (!match) return undefined
  const [, before = '', position = '', title = ''] = match
  const stage = before.trim().split(' ').at(-1)?.toLowerCase() ?? ''
  const wanted = spaced(title)
  const keyword = wanted.split(' ')[0]?.toUpperCase() ?? ''
  let best: { readonly step: DockerfileStep; readonly score: number } | undefined
  for (const step of dockerfileSteps(text)) {
    if (step.keyword !== keyword) continue
    const same = step.text.toLowerCase() === wanted.toLowerCase() ? 4 : 0
    const placed = step.position === Number(position) ? 2 : 0
    const staged = step.stage === stage ? 1 : 0
    const score = same + placed + staged
    if (same + placed > 0 && score > (best?.score ?? 0)) best = { step, score }
  }
  return best?.step
}

function oneLine(instruction: Instruction): string {
  const text = instruction.getTextContent().replace(/[\\`][ \t]*\r?\n(?:[ \t]*#.*\r?\n)*/g, ' ')
  return spaced(text).replace(/^\S+/, (keyword) => keyword.toUpperCase())
}

function spaced(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
