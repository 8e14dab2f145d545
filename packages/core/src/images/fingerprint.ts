import type { CommandSpec, RegistrySpec } from '@tiltts/spec'
import { isFunctionCommand } from '@tiltts/spec'
import { canonical } from '../graph/definition-hash.js'

/** A file, folder or link that goes into a build. */
export interface FileInput {
  /** In the context, or absolute. */
  readonly path: string
  readonly kind: 'file' | 'folder' | 'link'
  /** Permission bits. */
  readonly mode: number
  /** Of the content, or of where a link leads; empty for folders. */
  readonly hash: string
}

/** An image that another is built upon. */
export interface BaseInput {
  /** As the Dockerfile names it, or the one of `$TILT_IMAGE_MAP_<i>`. */
  readonly ref: string
  /** `sha256:…`; for one that is in no local Docker, the reference by its content. */
  readonly id: string
}

/** The container helper as the last layer of an image. */
export interface HelperInput {
  readonly checksum: string
  readonly entrypoint?: readonly string[] | undefined
  readonly onExit?: 'end' | 'stay' | undefined
}

interface CommonInputs {
  /** The image as it is declared. */
  readonly ref: string
  /** With a Dockerfile: those that it names. With a command: in the order in which it is told of them. */
  readonly bases: readonly BaseInput[]
  readonly helper: HelperInput | undefined
  readonly registry: Omit<RegistrySpec, 'place'> | undefined
}

/** Everything that decides what comes of a build from a Dockerfile. Where layers may be reused from does not. */
export interface DockerBuildInputs extends CommonInputs {
  readonly build: 'docker'
  /** Base images replaced. */
  readonly dockerfile: string
  readonly context: readonly FileInput[]
  /** With values from the environment put in. */
  readonly buildArgs: Readonly<Record<string, string>>
  readonly target: string | undefined
  readonly platform: string | undefined
  readonly network: string | undefined
  /** Where it is so, `bases` hold what the registry has now. */
  readonly pull: boolean
  readonly extraHosts: readonly string[]
  readonly extraTags: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  /** From the id of each secret to a digest of its content. */
  readonly secrets: Readonly<Record<string, string>>
  /** Ids of sockets and keys: what is behind them decides only whether something may be read. */
  readonly ssh: readonly string[]
  /** Which builder it is, and its version. */
  readonly builder: { readonly id: string; readonly version: string }
}

/** Everything that decides what comes of a build by a command. */
export interface CustomBuildInputs extends CommonInputs {
  readonly build: 'custom'
  readonly command: CommandSpec
  readonly dir: string
  /** What the config gives the command, not all that it finds. */
  readonly env: Readonly<Record<string, string>>
  readonly files: readonly FileInput[]
  readonly tag: string | undefined
  readonly skipsLocalDocker: boolean
  readonly disablePush: boolean
  readonly outputsImageRefTo: string | undefined
}

/** Grows with the meaning of the text, so that no record of an older version is taken for a newer one. */
const version = 1

/**
 * All inputs of a build as one text: equal texts, equal images. Any change of an input makes another text; the order of
 * files, arguments, variables, labels, tags, secrets and the like makes none. To be digested by whoever keeps it.
 */
export function fingerprintText(inputs: DockerBuildInputs | CustomBuildInputs): string {
  const lines = inputs.build === 'docker' ? dockerPart(inputs) : customPart(inputs)
  const { ref, helper, registry } = inputs
  return [`tiltts build ${version}`, canonical({ ref, helper, registry }), ...lines].join('\n')
}

function dockerPart(inputs: DockerBuildInputs): readonly string[] {
  const { build, dockerfile, buildArgs, target, platform, network, pull, extraHosts, labels, secrets, builder } = inputs
  const fixed = { build, dockerfile, buildArgs, target, platform, network, pull, extraHosts, labels, secrets, builder }
  const unordered = {
    bases: inputs.bases.map(canonical).sort(),
    extraTags: inputs.extraTags.toSorted(),
    ssh: inputs.ssh.toSorted(),
  }
  return [canonical(fixed), canonical(unordered), ...fileLines(inputs.context)]
}

function customPart(inputs: CustomBuildInputs): readonly string[] {
  const { build, dir, env, bases, tag, skipsLocalDocker, disablePush, outputsImageRefTo } = inputs
  const command = commandInput(inputs.command)
  const fixed = { build, command, dir, env, bases, tag, skipsLocalDocker, disablePush, outputsImageRefTo }
  return [canonical(fixed), ...fileLines(inputs.files)]
}

/** What runs, however it was written. */
function commandInput(command: CommandSpec): unknown {
  return isFunctionCommand(command) ? { fn: command.fn.hash } : { argv: command.argv }
}

/** One line each: no path, whatever is in it, reaches into the next line. Tens of thousands are written at every look. */
function fileLines(files: readonly FileInput[]): readonly string[] {
  // By their paths, since those that come in order, as most do, are hardly any work then.
  const sorted = files.toSorted((left, right) => byText(left.path, right.path) || byText(lineOf(left), lineOf(right)))
  return sorted.map(lineOf)
}

function lineOf({ path, kind, mode, hash }: FileInput): string {
  return `${JSON.stringify(path)} ${kind} ${mode} ${hash}`
}

function byText(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}
