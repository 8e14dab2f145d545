import {
  type Arg,
  type Dockerfile,
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
  const instructions = file.getInstructions()
  const escapeChar = file.getEscapeCharacter()
  const froms = instructions.filter(isFrom)
  if (froms.length === 0) return { images: [], problems: [{ message: 'it has no FROM', line: 1 }], escapeChar }
  const images = collect(instructions, args, file)
  const problems = froms
    .filter((from) => from.getImage() === null)
    .map((from) => ({ message: 'FROM names no image', line: from.getRange().start.line + 1 }))
  return { images, problems, escapeChar }
}

function collect(instructions: readonly Instruction[], args: DockerfileArgs, file: Dockerfile): DockerfileImage[] {
  const escapeChar = file.getEscapeCharacter()
  const automatic = platformVariables(args.platform)
  const globals = new Map<string, string | undefined>()
  let locals = globals
  const expandWith = (variables: ReadonlyMap<string, string | undefined>) => (text: string) =>
    expandVariables(text, (name) => variables.get(name) ?? automatic.get(name), escapeChar)
  const stages = new Set(instructions.filter(isFrom).flatMap((from) => stageName(from) ?? []))
  const stageCount = instructions.filter(isFrom).length
  const before = new Set<string>()
  const images: DockerfileImage[] = []
  const add = (image: DockerfileImage, isStage: boolean): void => {
    if (!isStage && image.ref !== '' && image.ref !== 'scratch') images.push(image)
  }
  let inStage = false
  for (const instruction of instructions) {
    if (isArg(instruction)) declare(instruction, locals, globals, expandWith(locals), args.buildArgs ?? {})
    if (isFrom(instruction)) {
      inStage = true
      const found = fromImage(instruction, expandWith(globals))
      // A stage can be built only upon those before it.
      if (found !== undefined) add(found, before.has(found.ref.toLowerCase()))
      const name = stageName(instruction)
      if (name !== undefined) before.add(name)
      locals = new Map(globals)
    } else if (inStage) {
      for (const found of flagImages(instruction, expandWith(locals)))
        add(found, stages.has(found.ref.toLowerCase()) || isIndex(found.ref, stageCount))
    }
  }
  return images
}

/** What an ARG holds: the build argument, else its default, else what the ARG of that name before the first FROM holds. */
function declare(
  arg: Arg,
  into: Map<string, string | undefined>,
  globals: ReadonlyMap<string, string | undefined>,
  expand: (text: string) => string,
  buildArgs: Readonly<Record<string, string>>,
): void {
  for (const property of arg.getProperties()) {
    const name = property.getName()
    const written = property.getAssignmentOperator() === null ? undefined : (property.getUnescapedValue() ?? '')
    into.set(name, buildArgs[name] ?? (written === undefined ? globals.get(name) : expand(written)))
  }
}

function fromImage(from: From, expand: (text: string) => string): DockerfileImage | undefined {
  const written = from.getImage()
  const range = from.getImageRange()
  if (written === null || range === null) return undefined
  return { ...found('from', expand(written), written, range), stage: from.getBuildStage() ?? undefined }
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

/** Names of stages are compared without case. */
function stageName(from: From): string | undefined {
  return from.getBuildStage()?.toLowerCase()
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
