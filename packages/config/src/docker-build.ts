import { join } from 'node:path'
import type { DockerImageNode, IgnoreRule } from '@tiltts/spec'
import { type Call, declaring } from './call/call.js'
import { checkedOptions, describe, type Expectation, type Expectations } from './call/expect.js'
import { environment, flag, oneOrMany, text, texts } from './call/expectations.js'
import { envOf, listOf } from './call/lists.js'
import { handle, type ImageHandle } from './handle.js'
import { secretMounts, sshMounts } from './image/build-mounts.js'
import { type Dockerfile, dockerfileOf } from './image/dockerfile.js'
import { givenIgnores, ignoreFileRule, onlyRule, standingIgnores } from './image/ignore-rules.js'
import { type ImageOptions, imageExpectations, keepImageOptions } from './image/image-options.js'
import { isImageRef } from './image/image-ref.js'
import type { Steps } from './live-update.js'
import type { Env, OneOrMany } from './values.js'

/** What {@link dockerBuild} takes. */
export interface DockerBuildOptions<S extends Steps = Steps> extends ImageOptions<S> {
  /**
   * Path of the Dockerfile, relative to the config's folder. The config is evaluated again when it changes. Not together
   * with `dockerfileContents`. @default `Dockerfile` in the context
   */
  readonly dockerfile?: string | undefined
  /** The text of the Dockerfile, in place of a file. */
  readonly dockerfileContents?: string | undefined
  /** The stage to build. One that the Dockerfile does not have fails the build, which suggests another. @default the last */
  readonly target?: string | undefined
  /**
   * Values of `ARG`s. Values become strings, and `undefined` leaves a name out. An empty one is taken from the environment of
   * the session; when that has none, the default in the Dockerfile holds.
   *
   * @example
   * ```ts
   * buildArgs: { NODE_ENV: 'development', NPM_TOKEN: '' }
   * ```
   */
  readonly buildArgs?: Env | undefined
  /**
   * Of the context, only these files and folders, relative to it; changes elsewhere build nothing. Paths, not patterns:
   * a `*` is an error, and so is a path outside of the context. A .dockerignore takes away from them.
   * @default the whole context
   *
   * @example
   * ```ts
   * only: ['services/web', 'packages/shared', 'package.json']
   * ```
   */
  readonly only?: OneOrMany<string> | undefined
  /** `linux/arm64`. @default DOCKER_DEFAULT_PLATFORM, else that of the machine the image will run on */
  readonly platform?: string | undefined
  /**
   * Ask the registry for newer base images. What earlier sessions built counts no more then: the builder is called once a
   * session, and when something changes. @default false
   */
  readonly pull?: boolean | undefined
  /** Network of `RUN`: `host`, `none`. @default the builder's */
  readonly network?: string | undefined
  /**
   * Images whose layers may be reused, or, for the buildx command, where else to look: `type=registry,ref=…`,
   * `type=local,src=…`. It changes no image, so a change of it builds none.
   */
  readonly cacheFrom?: OneOrMany<string> | undefined
  /** Further names, `name:tag`, the image gets in the engine whenever it was built. One that cannot name an image is an error. */
  readonly extraTag?: OneOrMany<string> | undefined
  /** Entries for /etc/hosts while it builds: `db:10.0.0.5`. */
  readonly extraHosts?: OneOrMany<string> | undefined
  /**
   * For `RUN --mount=type=ssh`: `default` is the agent of SSH_AUTH_SOCK, `id=path` a socket or a key, relative to the config's
   * folder; a key with a passphrase must be in an agent. BuildKit only. A path that is not there is a warning.
   */
  readonly ssh?: OneOrMany<string> | undefined
  /**
   * For `RUN --mount=type=secret`: `id=name,src=path`, relative to the config's folder, or `id=name,env=NAME`; an id alone is the
   * variable of that name or, without one, a file. At most 500 KB each. It is in no layer of the image; another content
   * builds the image again. BuildKit only.
   *
   * @example
   * ```ts
   * secret: ['id=npmrc,src=.npmrc', 'id=token,env=NPM_TOKEN']
   * ```
   */
  readonly secret?: OneOrMany<string> | undefined
}

const realPath: Expectation = {
  expected: 'a path without *',
  fits: (value) => text.fits(value) && !/[*\r\n]/.test(String(value)),
}

const expectations: Expectations<DockerBuildOptions> = {
  ...imageExpectations,
  dockerfile: text,
  dockerfileContents: text,
  target: text,
  buildArgs: environment,
  only: oneOrMany(realPath, 'a list of them'),
  platform: text,
  pull: flag,
  network: text,
  cacheFrom: texts,
  extraTag: texts,
  extraHosts: texts,
  ssh: texts,
  secret: texts,
}

/**
 * Builds an image from a Dockerfile, and puts it wherever `ref` is named: in compose services, in manifests, and in `FROM`,
 * `COPY --from` and `RUN --mount=from` of other Dockerfiles. It is built when something that runs needs it, again when its
 * files change, and not at all while nothing of it has changed, over sessions too. One that nothing runs is never built, and
 * a warning says so.
 *
 * Engine and builder are chosen as the `docker` command does it: DOCKER_HOST or the context in use, BUILDX_BUILDER or
 * `docker buildx use`, else BuildKit in the engine.
 *
 * What stands in `<Dockerfile>.dockerignore` or, when there is no such file, in the `.dockerignore` of the context is
 * left out, and so are `.git` of the context and the config itself.
 *
 * Errors are recorded and shown with all others at the end of the evaluation: a `ref` that cannot name an image, a
 * Dockerfile that cannot be read, an unknown or wrong option, a live update that cannot work.
 *
 * @param ref Name of the image, `registry/name`. With a tag, `name:tag`, it stands only for exactly that.
 * @param context Folder whose files the builder asks for, relative to the config's folder.
 * @returns A handle for `image` and `imageDeps`.
 * @example
 * ```ts
 * dockerBuild('shop/api', './api', {
 *   buildArgs: { NODE_ENV: 'development' },
 *   liveUpdate: [sync('./api/src', '/app/src'), run('npm install', { trigger: './api/package.json' })],
 * })
 * ```
 */
export function dockerBuild<const S extends Steps = readonly []>(
  ref: string,
  context: string,
  options?: DockerBuildOptions<S>,
): ImageHandle
export function dockerBuild(ref: string, context: string, options?: DockerBuildOptions): ImageHandle {
  const call = declaring('dockerBuild')
  const subject = `dockerBuild(${describe(ref)})`
  const good = checkedOptions(call, subject, options, expectations)
  const folder = contextOf(call, subject, context)
  const dockerfile = folder === undefined ? undefined : dockerfileOf(call, subject, folder, options, good)
  const keep = keepImageOptions(call, subject, ref, good, folder === undefined ? [] : [folder])
  const extraTags = listOf(good.extraTag).filter((tag) => isImageRef(call, `${subject}: \`extraTag\``, tag))
  const isNamed = isImageRef(call, 'dockerBuild()', ref)
  if (!isNamed || folder === undefined || dockerfile === undefined) return handle('image', String(ref))
  const node: Omit<DockerImageNode, 'ref' | 'place' | 'matchInEnvVars'> = {
    build: 'docker',
    context: folder,
    dockerfile,
    ignores: ignoresOf(call, subject, folder, dockerfile, good),
    buildArgs: sorted(envOf(good.buildArgs)),
    target: good.target,
    platform: good.platform,
    network: good.network,
    pull: good.pull ?? false,
    cacheFrom: listOf(good.cacheFrom),
    extraTags,
    extraHosts: listOf(good.extraHosts),
    ssh: sshMounts(call, subject, listOf(good.ssh)),
    secrets: secretMounts(call, subject, listOf(good.secret)),
  }
  call.recorder.draft.images.push((finish) => ({ ...node, ...keep(finish) }))
  return handle('image', ref)
}

function contextOf(call: Call, subject: string, context: unknown): string | undefined {
  if (typeof context === 'string' && context !== '') return call.path(context)
  call.error(
    'config/invalid-option',
    `${subject}: the context must be a folder, but it is ${describe(context)}`,
    "Write: dockerBuild('shop/api', './api')",
  )
  return undefined
}

/** Each source is a rule of its own: any of them excludes. */
function ignoresOf(
  call: Call,
  subject: string,
  context: string,
  dockerfile: Dockerfile,
  options: Partial<DockerBuildOptions>,
): readonly IgnoreRule[] {
  const ofDockerfile = dockerfile.path === undefined ? [] : [`${dockerfile.path}.dockerignore`]
  return [
    ...standingIgnores(call, [context]),
    ...givenIgnores([context], listOf(options.ignore)),
    ...onlyRule(call, subject, context, listOf(options.only)),
    ...ignoreFileRule(call, subject, context, [...ofDockerfile, join(context, '.dockerignore')]),
  ]
}

const sorted = (values: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)))
