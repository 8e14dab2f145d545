import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { InfraError } from '@tiltts/spec'
import { isGone } from '../../files/system-error.js'

/** The environment that decides which engine is meant, mostly that of the process. */
export type Env = Readonly<Record<string, string>>

export function homeFolder(env: Env): string {
  return (process.platform === 'win32' ? env['USERPROFILE'] : env['HOME']) || homedir()
}

/** Where the docker command keeps its settings. */
export function configFolder(env: Env): string {
  return env['DOCKER_CONFIG'] || join(homeFolder(env), '.docker')
}

/** What of `config.json` is used here. */
export interface DockerConfig {
  readonly currentContext?: string
  readonly auths?: Readonly<Record<string, StoredAuth>>
  readonly credHelpers?: Readonly<Record<string, string>>
  readonly credsStore?: string
}

export interface StoredAuth {
  /** `user:password` in base64. */
  readonly auth?: string
  readonly username?: string
  readonly password?: string
  readonly identitytoken?: string
}

/** The user's Docker config; empty when there is none. */
export async function readDockerConfig(env: Env): Promise<DockerConfig> {
  const path = join(configFolder(env), 'config.json')
  return (await readJson<DockerConfig>(path)) ?? {}
}

/** A JSON file, `undefined` when it is not there. */
export async function readJson<T extends object>(path: string): Promise<T | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (isGone(error)) return undefined
    throw unreadable(path, error)
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) throw new Error('an object is expected')
    return value as T
  } catch (error) {
    throw unreadable(path, error)
  }
}

function unreadable(path: string, error: unknown): InfraError {
  const message = `the Docker config ${path} cannot be read: ${(error as Error).message}`
  return new InfraError('docker/unreachable', 'docker', message, { cause: error })
}
