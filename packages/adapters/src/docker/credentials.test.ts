import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createProcesses } from '../processes/index.js'
import { type Credentials, createCredentials, hostOf } from './credentials.js'

let home: string
let end: () => Promise<void>
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tiltts-login-'))
})
afterEach(async () => {
  await end()
  await rm(home, { recursive: true, force: true })
})

const credentials = async (config: unknown): Promise<Credentials> => {
  const processes = createProcesses({ sessionId: home, stateFolder: join(home, 'state'), reaper: false })
  end = () => processes.close(0)
  await mkdir(join(home, '.docker'), { recursive: true })
  if (config !== undefined) await writeFile(join(home, '.docker/config.json'), JSON.stringify(config))
  return createCredentials({ processes, env: { HOME: home, PATH: `${home}:${process.env['PATH'] ?? ''}` } })
}
/** A helper that has one login, and lists it. */
const helper = (name: string, server: string, user: string): Promise<void> =>
  writeFile(
    join(home, `docker-credential-${name}`),
    `#!/bin/sh
if [ "$1" = list ]; then echo '{"${server}":"${user}"}'; exit; fi
read -r asked
[ "$asked" = "${server}" ] || { echo 'credentials not found in native keychain'; exit 1; }
echo '{"ServerURL":"${server}","Username":"${user}","Secret":"s3cret"}'
`,
    { mode: 0o755 },
  )
const auth = Buffer.from('me:pass:word').toString('base64')

describe('PUSH-05: logins to registries', () => {
  it('are read from the config, however the registry is written there', async () => {
    const { authFor } = await credentials({
      auths: {
        'ghcr.io': { auth },
        'https://registry.example:5000/v2/': { username: 'a', password: 'b' },
        'https://index.docker.io/v1/': { identitytoken: 'token' },
        'empty.example': {},
      },
    })
    expect(await authFor('ghcr.io')).toEqual({ username: 'me', password: 'pass:word', serveraddress: 'ghcr.io' })
    expect(await authFor('registry.example:5000')).toMatchObject({ username: 'a', password: 'b' })
    expect(await authFor('docker.io')).toEqual({ identitytoken: 'token', serveraddress: 'https://index.docker.io/v1/' })
    expect(await authFor('empty.example')).toBeUndefined()
    expect(await authFor('none.example')).toBeUndefined()
  })

  it('are none without a config', async () => {
    const { authFor, allAuth } = await credentials(undefined)
    expect([await authFor('docker.io'), await allAuth()]).toEqual([undefined, {}])
  })

  it('are asked of the store, and of the helper of a registry before it', async () => {
    await helper('store', 'ghcr.io', 'from-store')
    await helper('cloud', 'gcr.io', '<token>')
    const { authFor } = await credentials({ credsStore: 'store', credHelpers: { 'gcr.io': 'cloud' } })
    expect(await authFor('ghcr.io')).toMatchObject({ username: 'from-store', password: 's3cret' })
    expect(await authFor('gcr.io')).toEqual({ identitytoken: 's3cret', serveraddress: 'gcr.io' })
    expect(await authFor('docker.io')).toBeUndefined()
  })

  it('fall back to the config when the store has none, or is not installed', async () => {
    const { authFor } = await credentials({ credsStore: 'missing', auths: { 'ghcr.io': { auth } } })
    expect(await authFor('ghcr.io')).toMatchObject({ username: 'me' })
  })

  it('can be had all at once, for a builder', async () => {
    await helper('store', 'ghcr.io', 'from-store')
    await helper('cloud', 'gcr.io', 'from-cloud')
    const { allAuth } = await credentials({
      credsStore: 'store',
      credHelpers: { 'gcr.io': 'cloud' },
      auths: { 'plain.example': { auth }, 'ghcr.io': {} },
    })
    const all = await allAuth()
    expect(Object.fromEntries(Object.entries(all).map(([key, { username }]) => [key, username]))).toEqual({
      'plain.example': 'me',
      'ghcr.io': 'from-store',
      'gcr.io': 'from-cloud',
    })
  })

  it('belong to hosts', () => {
    expect(['https://index.docker.io/v1/', 'http://a:5000/x', 'b.example'].map(hostOf)).toEqual([
      'docker.io',
      'a:5000',
      'b.example',
    ])
  })
})
