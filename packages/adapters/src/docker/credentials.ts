import type { Processes } from '@tiltts/runtime/ports'
import { type DockerConfig, type Env, readDockerConfig, type StoredAuth } from './connection/config-folder.js'
import { askHelper, listHelper } from './connection/credential-helper.js'
import type { RegistryAuth } from './registry-auth.js'

export interface Credentials {
  authFor(registry: string): Promise<RegistryAuth | undefined>
  allAuth(): Promise<Readonly<Record<string, RegistryAuth>>>
}

/** Under this key `docker login` keeps the login to Docker Hub. */
const HUB = 'https://index.docker.io/v1/'

/** Reads the user's Docker config anew with each call, so that a `docker login` counts at once. */
export function createCredentials(options: { readonly processes: Processes; readonly env: Env }): Credentials {
  const { env } = options
  return {
    async authFor(registry) {
      const config = await readDockerConfig(env)
      const host = hostOf(registry)
      const key = host === 'docker.io' ? HUB : host
      const helper = config.credHelpers?.[key] ?? config.credHelpers?.[host] ?? config.credsStore
      const kept = helper ? await askHelper(helper, key, options) : undefined
      return kept ?? storedAuth(config, host)
    },
    async allAuth() {
      const config = await readDockerConfig(env)
      const all: Record<string, RegistryAuth> = {}
      for (const [key, stored] of Object.entries(config.auths ?? {})) {
        const auth = readStored(key, stored)
        if (auth) all[key] = auth
      }
      const { credsStore, credHelpers = {} } = config
      const listed = credsStore ? await listHelper(credsStore, options) : []
      const asked = [...listed.map((key) => [key, credsStore ?? ''] as const), ...Object.entries(credHelpers)]
      const found = await Promise.all(asked.map(([key, helper]) => askHelper(helper, key, options)))
      for (const [index, [key]] of asked.entries()) {
        const auth = found[index]
        if (auth) all[key] = auth
      }
      return all
    },
  }
}

/** The registry's host as image names have it, from any key of the config. */
export function hostOf(registry: string): string {
  const host = registry.replace(/^https?:\/\//, '').replace(/\/.*$/s, '')
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host
}

function storedAuth({ auths = {} }: DockerConfig, host: string): RegistryAuth | undefined {
  const entry = Object.entries(auths).find(([key]) => hostOf(key) === host)
  return entry && readStored(...entry)
}

function readStored(key: string, stored: StoredAuth): RegistryAuth | undefined {
  const serveraddress = key
  if (stored.identitytoken) return { identitytoken: stored.identitytoken, serveraddress }
  const pair = stored.auth ? Buffer.from(stored.auth, 'base64').toString('utf8').replace(/\0+$/, '') : ''
  const colon = pair.indexOf(':')
  const username = colon < 0 ? stored.username : pair.slice(0, colon)
  const password = colon < 0 ? stored.password : pair.slice(colon + 1)
  return username !== undefined && password !== undefined ? { username, password, serveraddress } : undefined
}
