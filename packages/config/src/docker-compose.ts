import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ComposeProjectRef } from '@tiltts/spec'
import { type Call, declaring } from './call/call.js'
import { checkedOptions, describe, type Expectations } from './call/expect.js'
import { flag, text, texts } from './call/expectations.js'
import { listOf } from './call/lists.js'
import { absolutePaths } from './call/paths.js'
import { type ComposeHandle, handle, type ResourceHandle } from './handle.js'
import type { OneOrMany } from './values.js'

/** A compose file as plain data. */
export interface ComposeProject {
  readonly services: Readonly<Record<string, object>>
  readonly [section: string]: unknown
}

/** What {@link dockerCompose} takes. */
export interface DockerComposeOptions {
  /**
   * Two calls with one name are one project of all their files.
   * @default compose's own: `name:` in the file, COMPOSE_PROJECT_NAME, the name of the project's folder
   */
  readonly projectName?: string | undefined
  /**
   * File of variables for the compose files, relative to the config's folder; the environment comes before it.
   * @default COMPOSE_ENV_FILES, else `.env` in the project's folder
   */
  readonly envFile?: string | undefined
  /** Profiles that are on; an empty list is none. @default COMPOSE_PROFILES */
  readonly profiles?: OneOrMany<string> | undefined
  /**
   * Have compose wait until a service is healthy (`up --wait`) before its update counts as done. Who depends on health does
   * not need it. @default false
   */
  readonly wait?: boolean | undefined
}

const expectations: Expectations<DockerComposeOptions> = {
  projectName: text,
  envFile: text,
  profiles: texts,
  wait: flag,
}

/**
 * Runs the services of compose files, each as a resource. They are read by compose itself, so everything it knows works:
 * variables, `extends`, `include`, profiles. `depends_on` becomes the order in which they start, each condition for what it
 * says; a health check decides when one is ready. The config is evaluated again when a compose file changes, and only
 * services that are not the same any more are started anew. They go on running when the session ends; `tiltts down` removes
 * them. Docker Compose 2.2 or later is needed.
 *
 * An image that is declared with `dockerBuild` or `customBuild` is built here wherever a service names it; other services
 * with `build:` are built by compose.
 *
 * Errors are recorded and shown with all others: no file, one that is not there, an unknown or wrong option, and all that
 * compose says is wrong with the files, each at its line.
 *
 * @param files Paths relative to the config's folder, which are merged in this order, or a compose file as an object. The
 *   folder of the first is the project's; with an object the config's folder.
 * @returns The project; `service(name)` is a service of it as a resource.
 * @example
 * ```ts
 * const compose = dockerCompose(['./docker-compose.yml', ci && './docker-compose.ci.yml'], { profiles: 'backend' })
 * localResource('api', { serveCmd: './api', resourceDeps: compose.service('postgres') })
 * ```
 */
export function dockerCompose(
  files: OneOrMany<string> | ComposeProject,
  options?: DockerComposeOptions,
): ComposeHandle {
  const call = declaring('dockerCompose')
  const good = checkedOptions(call, 'dockerCompose()', options, expectations)
  const { projectName, envFile, profiles, wait = false } = good
  const source = sourceOf(call, files)
  if (projectName === '') call.error('config/invalid-option', 'dockerCompose(): `projectName` must not be empty')
  if (source !== undefined) {
    const project: ComposeProjectRef = {
      name: projectName,
      ...source,
      envFile: envFile === undefined ? undefined : readPath(call, call.path(envFile)),
      profiles: profiles === undefined ? undefined : listOf(profiles),
    }
    call.recorder.draft.compose.push((finish) => ({ project, wait, place: finish.place(call.at) }))
  }
  const name = projectName ?? source?.files[0] ?? ''
  return { ...handle('compose', name), service }
}

function service(name: string): ResourceHandle {
  if (typeof name === 'string' && name !== '') return handle('resource', name)
  const call = declaring('service')
  call.error('config/invalid-option', `service(): expected the name of a service, got ${describe(name)}`)
  return handle('resource', String(name))
}

type Source = Pick<ComposeProjectRef, 'files' | 'inline' | 'dir'>

function sourceOf(call: Call, given: unknown): Source | undefined {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return inlineSource(call, given)
  if (!texts.fits(given) && given !== undefined && given !== null && given !== false) {
    call.error(
      'config/invalid-option',
      `dockerCompose(): expected paths of compose files, or one as an object, got ${describe(given)}`,
    )
    return undefined
  }
  const files = absolutePaths(call, listOf(given as OneOrMany<string>))
  const [first] = files
  if (first === undefined) return nothing(call)
  for (const file of files) checkFile(call, readPath(call, file))
  return { files, dir: dirname(first) }
}

function inlineSource(call: Call, project: object): Source | undefined {
  const { services, include } = project as Partial<Record<'services' | 'include', unknown>>
  if (include === undefined && Object.keys(services ?? {}).length === 0) return nothing(call)
  try {
    return { files: [], inline: JSON.stringify(project), dir: call.folder() }
  } catch (error) {
    call.error(
      'config/invalid-option',
      `dockerCompose(): the object is no compose file: ${(error as Error).message}`,
      'It must be plain data',
    )
    return undefined
  }
}

function nothing(call: Call): undefined {
  call.error(
    'config/invalid-option',
    'Nothing to compose: dockerCompose() was given neither a file nor a service',
    "Write: dockerCompose('./docker-compose.yml')",
  )
}

function checkFile(call: Call, path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found !== undefined && !found.isDirectory()) return
  const why = found === undefined ? 'it does not exist' : 'it is a folder'
  const hint = found === undefined ? undefined : 'Name the file in it'
  call.error('config/read-failed', `dockerCompose(): ${path} cannot be read: ${why}`, hint)
}

/** Compose reads it: a change evaluates the config anew, also while nobody could read it yet. */
function readPath(call: Call, path: string): string {
  call.recorder.recordRead({ path, kind: 'file' })
  return path
}
