import {
  type Arg,
  DockerfileParser,
  type From,
  type Instruction,
  type ModifiableInstruction,
  type Onbuild,
} from 'dockerfile-ast'
import { expandVariables } from './expand-variables.js'
import { platformVariables } from './platform.js'

/** An image that a Dockerfile builds upon or takes files from; stages of its own are none. */
export interface DockerfileImage {
  /** With ARGs put in: `node:20`. */
  readonly ref: string
  /** As it is written: `node:${NODE}`. */
  readonly written: string
  /** `FROM`, `COPY --from` (also `ADD --from`), `RUN --mount=from`. */
  readonly kind: 'from' | 'copy' | 'mount'
  /** The name that `FROM … AS` gives the stage. */
  readonly stage?: string | undefined
  /** Where `written` stands, from 1. */
  readonly line: number
  readonly column: number
  readonly range: TextRange
}

/** From 0; the end is behind the last character. */
export interface TextRange {
  readonly start: { readonly line: number; readonly character: number }
  readonly end: { readonly line: number; readonly character: number }
}

export interface DockerfileReading {
  /** In order of place. */
  readonly images: readonly DockerfileImage[]
  /** Why no builder could do anything with it. */
  readonly problems: readonly { readonly message: string; readonly line: number }[]
  readonly escapeChar: string
}

export interface DockerfileArgs {
  /** They win over the defaults in the file. */
  readonly buildArgs?: Readonly<Record<string, string>> | undefined
  /** What `$TARGETARCH` and its like are made of: `linux/arm64`. */
  readonly platform?: string | undefined
}

/**
 * Finds the images that a Dockerfile names. ARGs are put in as the builder does it: build arguments, then defaults.
 * A variable that only the builder knows (`$TARGETARCH` without a platform) stays as it is written.
 * @example
 * readDockerfile('ARG V=20\nFROM node:${V} AS build\nFROM build').images
 * // [{ ref: 'node:20', written: 'node:${V}', kind: 'from', stage: 'build', line: 2, column: 6, … }]
 */
export function readDockerfile(text: string, args: DockerfileArgs = {}): DockerfileReading {
  const file = DockerfileParser.parse(text)
  const escapeChar = file.getEscapeCharacter()
  const instructions = file.getInstructions()
  const froms = instructions.filter(isFrom).map(readFrom)
  if (froms.length === 0) return { images: [], problems: [{ message: 'it has no FROM', line: 1 }], escapeChar }
  const problems = froms
    .filter(({ written }) => written === undefined)
    .map(({ line }) => ({ message: 'FROM names no image', line }))
  return { images: collect({ instructions, froms, escapeChar, lines: text.split('\n') }, args), problems, escapeChar }
}

/** The beginning of a stage. */
interface Stage {
  readonly from: Instruction
  /** What it is built upon. */
  readonly written: string | undefined
  readonly range: TextRange | undefined
  readonly name: string | undefined
  /** From 1. */
  readonly line: number
}

function readFrom(from: From): Stage {
  return {
    from,
    written: from.getImage() ?? undefined,
    range: from.getImageRange() ?? undefined,
    name: from.getBuildStage() ?? undefined,
    line: from.getRange().start.line + 1,
  }
}

interface Parsed {
  readonly instructions: readonly Instruction[]
  readonly froms: readonly Stage[]
  readonly escapeChar: string
  readonly lines: readonly string[]
}

type Values = Map<string, string | undefined>

function collect({ instructions, froms, escapeChar, lines }: Parsed, args: DockerfileArgs): readonly DockerfileImage[] {
  const automatic = platformVariables(args.platform)
  const expandWith = (values: Values) => (text: string) =>
    expandVariables(text, (name) => values.get(name) ?? automatic.get(name), escapeChar)
  const stageAt = new Map(froms.map((stage) => [stage.from, stage]))
  const stages = new Set(froms.flatMap(({ name }) => name?.toLowerCase() ?? []))
  const before = new Set<string>()
  const globals: Values = new Map()
  let locals = globals
  const images: DockerfileImage[] = []
  const add = (image: DockerfileImage, isStage: boolean): void => {
    if (!isStage && image.ref !== '' && image.ref !== 'scratch') images.push(image)
  }
  for (const instruction of instructions) {
    const stage = stageAt.get(instruction)
    if (stage !== undefined) {
      const { written, range, name } = stage
      const image =
        written !== undefined && range !== undefined && found('from', expandWith(globals)(written), written, range)
      // A stage can be built only upon those before it; names of stages are compared without case.
      if (image) add({ ...image, stage: name }, before.has(image.ref.toLowerCase()))
      if (name !== undefined) before.add(name.toLowerCase())
      locals = new Map(globals)
    } else if (isArg(instruction)) {
      declare(instruction, locals, globals, expandWith(locals), args.buildArgs ?? {})
    } else if (locals !== globals && mayNameImages(instruction, lines)) {
      for (const image of flagImages(instruction, expandWith(locals)))
        add(image, stages.has(image.ref.toLowerCase()) || isIndex(image.ref, froms.length))
    }
  }
  return images
}

/** Most instructions do not, and to take their flags apart takes the most time. */
function mayNameImages(instruction: Instruction, lines: readonly string[]): boolean {
  const { start, end } = instruction.getRange()
  return lines.slice(start.line, end.line + 1).some((line) => line.includes('from='))
}

/** What an ARG holds: the build argument, else its default, else what the ARG of that name before the first FROM holds. */
function declare(
  arg: Arg,
  into: Values,
  globals: Values,
  expand: (text: string) => string,
  buildArgs: Readonly<Record<string, string>>,
): void {
  for (const property of arg.getProperties()) {
    const name = property.getName()
    const written = property.getAssignmentOperator() === null ? undefined : (property.getUnescapedValue() ?? '')
    into.set(name, buildArgs[name] ?? (written === undefined ? globals.get(name) : expand(written)))
  }
}

/** `COPY --from=…`, and `RUN --mount=…,from=…`; also what an ONBUILD keeps for later. */
function flagImages(instruction: Instruction, expand: (text: string) => string): readonly DockerfileImage[] {
  const within = instruction.getKeyword() === 'ONBUILD' ? (instruction as Onbuild).getTriggerInstruction() : instruction
  if (within === null || !hasFlags(within)) return []
  return within.getFlags().flatMap((flag) => {
    const option = flag.getName() === 'mount' ? flag.getOption('from') : flag.getName() === 'from' ? flag : null
    const written = option?.getValue() ?? ''
    const range = option?.getValueRange() ?? null
    if (written === '' || range === null) return []
    return [found(flag.getName() === 'mount' ? 'mount' : 'copy', expand(written), written, range)]
  })
}

function found(kind: DockerfileImage['kind'], ref: string, written: string, range: TextRange): DockerfileImage {
  const { line, character } = range.start
  return { kind, ref, written, line: line + 1, column: character + 1, range }
}

function isIndex(ref: string, count: number): boolean {
  return /^\d+$/.test(ref) && Number(ref) < count
}

function isFrom(instruction: Instruction): instruction is From {
  return instruction.getKeyword() === 'FROM'
}

function isArg(instruction: Instruction): instruction is Arg {
  return instruction.getKeyword() === 'ARG'
}

function hasFlags(instruction: Instruction): instruction is ModifiableInstruction {
  return 'getFlags' in instruction
}
