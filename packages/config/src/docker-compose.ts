import { type ComposeHandle, handle, type ImageHandle, type ResourceHandle } from './handle.js'
import type { ResourceOptions } from './resource-options.js'
import { declareUnsupported } from './unsupported.js'
import type { OneOrMany } from './values.js'

/** A compose file as plain data. */
export interface ComposeProject {
  readonly services: Readonly<Record<string, object>>
  readonly [section: string]: unknown
}

export interface DockerComposeOptions {
  /** @default name of the folder of the first file */
  readonly projectName?: string | undefined
  readonly envFile?: string | undefined
  /** @default COMPOSE_PROFILES */
  readonly profiles?: OneOrMany<string> | undefined
  /** Wait until services are healthy. @default false */
  readonly wait?: boolean | undefined
}

/**
 * Runs the services of compose files, each as a resource.
 * This version does not run compose: it reports the call as `config/unsupported`.
 *
 * @example
 * ```ts
 * const compose = dockerCompose('./docker-compose.yml')
 * localResource('api', { serveCmd: './api', resourceDeps: compose.service('postgres') })
 * ```
 */
export function dockerCompose(files: OneOrMany<string> | ComposeProject, options?: DockerComposeOptions): ComposeHandle
export function dockerCompose(files: OneOrMany<string> | ComposeProject): ComposeHandle {
  const name = typeof files === 'string' ? files : ''
  declareUnsupported('dockerCompose', name)
  return { ...handle('compose', name), service: (service) => handle('resource', service) }
}

export interface DcResourceOptions extends ResourceOptions {
  /** Renames the resource. */
  readonly newName?: string | undefined
  readonly image?: ImageHandle | undefined
  /** Links from published ports. @default true */
  readonly inferLinks?: boolean | undefined
  readonly projectName?: string | undefined
}

/**
 * Says more about a compose service. Calls for one name add up.
 * This version does not run compose: it reports the call as `config/unsupported`.
 */
export function dcResource(name: string, options?: DcResourceOptions): ResourceHandle {
  const named = options?.newName ?? name
  declareUnsupported('dcResource', named)
  return handle('resource', named)
}
