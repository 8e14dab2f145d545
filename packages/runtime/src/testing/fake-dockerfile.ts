/** A line of a Dockerfile, continuation lines joined. */
export interface FakeInstruction {
  readonly name: string
  readonly text: string
  readonly line: number
}

export interface FakeStage {
  readonly name: string | undefined
  readonly from: string
  readonly line: number
  readonly instructions: readonly FakeInstruction[]
}

export interface FakeDockerfile {
  /** ARGs before the first FROM. */
  readonly args: readonly FakeInstruction[]
  readonly stages: readonly FakeStage[]
  readonly problem?: { readonly line: number; readonly message: string } | undefined
}

const known = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  ),
)

/** Reads as much of a Dockerfile as the fake builder understands. */
export function readFakeDockerfile(text: string): FakeDockerfile {
  const args: FakeInstruction[] = []
  const stages: (FakeStage & { readonly instructions: FakeInstruction[] })[] = []
  for (const instruction of instructionsOf(text)) {
    const { name, line } = instruction
    const problem = (message: string): FakeDockerfile => ({ args, stages, problem: { line, message } })
    if (!known.has(name)) return problem(`unknown instruction: ${name}`)
    if (name === 'FROM') {
      const words = instruction.text.split(/\s+/).filter((word) => !word.startsWith('--'))
      const [from, as, alias] = words
      if (from === undefined) return problem('FROM requires either one or three arguments')
      stages.push({ name: as?.toUpperCase() === 'AS' ? alias : undefined, from, line, instructions: [] })
      continue
    }
    const stage = stages.at(-1)
    if (stage) stage.instructions.push(instruction)
    else if (name === 'ARG') args.push(instruction)
    else return problem('no build stage in current context')
  }
  if (stages.length === 0) return { args, stages, problem: { line: 1, message: 'file with no instructions' } }
  return { args, stages }
}

function instructionsOf(text: string): readonly FakeInstruction[] {
  const found: FakeInstruction[] = []
  let joined = ''
  let begun = 0
  text.split('\n').forEach((raw, index) => {
    const part = raw.trim()
    if (part === '' || part.startsWith('#')) return
    if (joined === '') begun = index + 1
    if (part.endsWith('\\')) {
      joined += `${part.slice(0, -1).trim()} `
      return
    }
    joined += part
    const [word = ''] = joined.split(/\s+/)
    found.push({ name: word.toUpperCase(), text: joined.slice(word.length).trim(), line: begun })
    joined = ''
  })
  return found
}

/** `$NAME`, `${NAME}` and `${NAME:-default}` replaced. */
export function expandArgs(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(
    /\$(?:(\w+)|\{(\w+)(?::-([^}]*))?\})/g,
    (_all, plain?: string, braced?: string, otherwise?: string) =>
      values.get(plain ?? braced ?? '') || (otherwise ?? ''),
  )
}

/** `["a", "b"]`, or a shell's line. */
export function commandOf(text: string): readonly string[] {
  if (!text.startsWith('[')) return ['/bin/sh', '-c', text]
  return JSON.parse(text) as readonly string[]
}

/** `a=b "c d"=e` as pairs; `a b` as one. */
export function pairsOf(text: string): readonly (readonly [string, string])[] {
  const words = [...text.matchAll(/(?:"[^"]*"|[^\s"])+/g)].map(([word]) => word.replaceAll('"', ''))
  if (words[0] !== undefined && !words[0].includes('=')) return [[words[0], words.slice(1).join(' ')]]
  return words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)])
}
