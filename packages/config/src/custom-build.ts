import { statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { CommandSpec, CustomImageNode, IgnoreRule } from '@tiltts/spec'
import { type Call, declaring } from './call/call.js'
import { checkedOptions, describe, type Expectations } from './call/expect.js'
import { environment, flag, image, oneOrMany, text, texts } from './call/expectations.js'
import { envOf, listOf } from './call/lists.js'
import { absolutePaths, warnOfPatterns } from './call/paths.js'
import { namedRef } from './collector/recorder.js'
import { command as commandExpectation, keepCommand, type PlatformCommand } from './command.js'
import type { ExecResult } from './exec.js'
import { handle, type ImageHandle } from './handle.js'
import { escapePattern, givenIgnores, ignoreFileRule, standingIgnores } from './image/ignore-rules.js'
import { type ImageOptions, imageExpectations, keepImageOptions } from './image/image-options.js'
import { isImageRef, refProblem, tagProblem } from './image/image-ref.js'
import type { Steps } from './live-update.js'
import type { StepContext } from './step-function.js'
import type { Env, OneOrMany } from './values.js'

/** What {@link customBuild} takes. */
export interface CustomBuildOptions<S extends Steps = Steps> extends ImageOptions<S> {
  /**
   * Files and folders (with all below) whose changes build the image again, relative to the config's folder. Paths, not
   * patterns; they need not exist yet. Of folders, what their .dockerignore names is left out.
   */
  readonly deps: OneOrMany<string>
  /** The tag that the command gives, in place of one made up for each build. Not together with `outputsImageRefTo`. */
  readonly tag?: string | undefined
  /**
   * The command brings the image to a registry by itself: it is neither looked for in local Docker nor pushed. For a compose
   * service the engine pulls it by the reference that the command made.
   * @default false
   */
  readonly skipsLocalDocker?: boolean | undefined
  /** The image is in local Docker, and the command has pushed it. @default false */
  readonly disablePush?: boolean | undefined
  /**
   * File that the command writes the reference to which it has made (`name:tag`), relative to the config's folder. It is
   * removed before each run and triggers nothing; without a reference in it the build fails. Not together with `tag`.
   */
  readonly outputsImageRefTo?: string | undefined
  /** Environment of the command, on top of the session's. Values become strings. */
  readonly env?: Env | undefined
  /** Folder of the command. @default the config's folder */
  readonly dir?: string | undefined
  /**
   * Images that are built first. In this order, `$TILT_IMAGE_0`, `$TILT_IMAGE_1` … hold the references of what was built,
   * `$TILT_IMAGE_MAP_0` … the names as declared.
   */
  readonly imageDeps?: OneOrMany<ImageHandle> | undefined
}

/** What a function that builds an image is given. */
export type CustomBuildContext = StepContext & {
  /** The reference that the image must have. */
  readonly expectedRef: string
}

/** A function that builds an image. It may return the reference it made, when that is another. */
export type CustomBuildFunction = (
  ctx: CustomBuildContext,
  // biome-ignore lint/suspicious/noConfusingVoidType: a function without a return statement fits
) => string | void | PromiseLike<string | void | ExecResult>

type CustomCommand = string | readonly string[] | PlatformCommand | CustomBuildFunction

const expectations: Expectations<CustomBuildOptions> = {
  ...imageExpectations,
  deps: texts,
  tag: text,
  skipsLocalDocker: flag,
  disablePush: flag,
  outputsImageRefTo: text,
  env: environment,
  dir: text,
  imageDeps: oneOrMany(image, 'a list of them'),
}

/**
 * Builds an image by a command or a function of yours.
 *
 * The command finds the reference it must make in `$EXPECTED_REF` (and its parts in `$EXPECTED_IMAGE` and
 * `$EXPECTED_TAG`), a function in `ctx.expectedRef`; a function may return another that it made. It runs in the config's
 * folder, again when something in `deps` changes, and not while the content of `deps`, the command, its `env` and the base images
 * are those of the last good build. A command that ends well without having made the image is an error.
 *
 * The command `':'` with a `liveUpdate` builds nothing: files are synced into what runs already, and where a compose service
 * has a `build:`, compose goes on building it.
 *
 * Errors are recorded and shown with all others at the end of the evaluation: a `ref` that cannot name an image, an empty
 * command, no `deps`, `tag` together with `outputsImageRefTo`, an unknown or wrong option.
 *
 * @param ref Name of the image, `registry/name`. With a tag, `name:tag`, it stands only for exactly that.
 * @param command A text goes through the shell, a list does not; `{ sh, bat }` is chosen by platform.
 * @returns A handle for `image` and `imageDeps`.
 * @example
 * ```ts
 * customBuild('shop/api', 'ko build --local -t $EXPECTED_TAG ./cmd/api', { deps: ['./cmd', './pkg'] })
 * customBuild('shop/web', async ({ exec, expectedRef }) => {
 *   await exec(['docker', 'build', '-t', expectedRef, './web'])
 * }, { deps: './web' })
 * ```
 */
export function customBuild<const S extends Steps = readonly []>(
  ref: string,
  command: string | readonly string[] | PlatformCommand | CustomBuildFunction,
  options: CustomBuildOptions<S>,
): ImageHandle
export function customBuild(ref: string, command: CustomCommand, options: CustomBuildOptions): ImageHandle {
  const call = declaring('customBuild')
  const subject = `customBuild(${describe(ref)})`
  const good = checkedOptions(call, subject, options, expectations)
  checkTogether(call, subject, options, good)
  const deps = absolutePaths(call, listOf(good.deps))
  const keep = keepImageOptions(call, subject, ref, good, deps)
  const isCommand = commandExpectation.fits(command)
  if (!isCommand) {
    call.error('config/invalid-option', `${subject}: expected ${commandExpectation.expected}, got ${describe(command)}`)
  }
  const isNamed = isImageRef(call, 'customBuild()', ref)
  if (!isNamed || !isCommand) return handle('image', String(ref))
  const syncsOnly = typeof command === 'string' && command.trim() === ':' && good.liveUpdate !== undefined
  const build = syncsOnly ? () => undefined : keepBuild(call, ref, command)
  const imageDeps = listOf(good.imageDeps).map(({ name }) => ({ name, at: call.at }))
  const node: Omit<CustomImageNode, 'ref' | 'place' | 'matchInEnvVars' | 'command' | 'imageDeps'> = {
    build: 'custom',
    dir: call.path(good.dir ?? '.'),
    env: envOf(good.env),
    deps,
    ignores: ignoresOf(call, subject, deps, listOf(good.ignore)),
    tag: good.tag,
    skipsLocalDocker: good.skipsLocalDocker ?? false,
    disablePush: good.disablePush ?? false,
    outputsImageRefTo: outputFile(call, good.outputsImageRefTo),
  }
  call.recorder.draft.images.push((finish) => ({
    ...node,
    ...keep(finish),
    command: build(finish),
    imageDeps: imageDeps.map((dep) => namedRef(finish, dep)),
  }))
  return handle('image', ref)
}

function checkTogether(
  call: Call,
  subject: string,
  given: CustomBuildOptions | undefined,
  good: Partial<CustomBuildOptions>,
): void {
  if (given?.deps === undefined) {
    call.error(
      'config/invalid-option',
      `${subject} has no deps`,
      "Name the files whose changes build the image again: { deps: ['./src'] }",
    )
  }
  if (good.tag !== undefined && good.outputsImageRefTo !== undefined) {
    call.error(
      'config/invalid-option',
      `${subject} has both tag and outputsImageRefTo`,
      'Keep the one that says how the command names the image',
    )
  }
  const problem = good.tag === undefined ? undefined : tagProblem(good.tag)
  if (problem !== undefined) {
    call.error('config/invalid-image', `${subject}: \`tag\`: ${problem.reason}`, problem.hint)
  }
  warnOfPatterns(call, subject, 'deps', listOf(good.deps), 'Name the folder, and leave files out with ignore')
}

function keepBuild(
  call: Call,
  ref: string,
  command: CustomCommand,
): (finish: Parameters<ReturnType<typeof keepCommand>>[0]) => CommandSpec {
  const id = `image:${ref}/build`
  if (typeof command !== 'function') return keepCommand(call, id, command)
  // the function is known to the engine by what it is; what is called is told the reference it has to make
  const { functions } = call.recorder.draft
  if (!functions.has(id)) functions.set(id, (ctx: StepContext) => builtBy(ref, command, ctx))
  return (finish) => ({
    fn: finish.functionRef(id, command, call.at),
    display: `${command.name || 'function'}()`,
  })
}

/** The reference that the function says it has made, if it says so. */
async function builtBy(ref: string, build: CustomBuildFunction, ctx: StepContext): Promise<string | undefined> {
  const made = await build({ ...ctx, expectedRef: ctx.env['EXPECTED_REF'] ?? ref })
  if (typeof made !== 'string') return undefined
  const name = made.trim()
  const problem = refProblem(name)
  if (problem === undefined) return name
  throw new Error(`customBuild('${ref}') returned ${describe(made)}, which cannot name an image: ${problem.reason}`)
}

/** Each source is a rule of its own: any of them excludes. */
function ignoresOf(
  call: Call,
  subject: string,
  deps: readonly string[],
  ignore: readonly string[],
): readonly IgnoreRule[] {
  const folders = deps.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
  return [
    ...standingIgnores(call, folders),
    ...givenIgnores(folders, ignore),
    ...folders.flatMap((folder) => ignoreFileRule(call, subject, folder, [join(folder, '.dockerignore')])),
  ]
}

/** The command writes it at every build, so it may trigger none. */
function outputFile(call: Call, given: string | undefined): string | undefined {
  if (given === undefined) return undefined
  const path = call.path(given)
  call.recorder.draft.watchIgnores.push({ basePath: dirname(path), patterns: [escapePattern(basename(path))] })
  return path
}
