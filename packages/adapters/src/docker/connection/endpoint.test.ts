import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Env } from './config-folder.js'
import type { Endpoint } from './dial-target.js'
import { findEndpoints } from './endpoint.js'

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tiltts-home-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

const write = async (path: string, content: unknown): Promise<void> => {
  const whole = join(home, path)
  await mkdir(join(whole, '..'), { recursive: true })
  await writeFile(whole, typeof content === 'string' ? content : JSON.stringify(content))
}
const find = async (env: Env): Promise<Endpoint | undefined> => (await findEndpoints({ HOME: home, ...env }))[0]
const context = (name: string): string => `contexts/meta/${createHash('sha256').update(name).digest('hex')}/meta.json`
const tls = (name: string): string => `contexts/tls/${createHash('sha256').update(name).digest('hex')}/docker`

describe('DOCKER_HOST', () => {
  it.each([
    ['unix:///run/some.sock', { kind: 'socket', path: '/run/some.sock' }],
    ['npipe:////./pipe/docker_engine', { kind: 'socket', path: '//./pipe/docker_engine' }],
    ['tcp://build.example:2375', { kind: 'tcp', host: 'build.example', port: 2375 }],
    ['tcp://build.example', { kind: 'tcp', host: 'build.example', port: 2375 }],
    ['tcp://build.example:80', { kind: 'tcp', host: 'build.example', port: 80 }],
    ['tcp://[::1]:2375', { kind: 'tcp', host: '::1', port: 2375 }],
    ['build.example:4243', { kind: 'tcp', host: 'build.example', port: 4243 }],
    ['https://build.example', { kind: 'tcp', host: 'build.example', port: 2376, tls: { verify: true } }],
  ])('%s', async (host, dial) => {
    expect(await find({ DOCKER_HOST: host })).toMatchObject({ from: 'DOCKER_HOST', dial })
  })

  it('goes by the ssh of the user, with user, port and socket', async () => {
    expect((await find({ DOCKER_HOST: 'ssh://me@build.example:2222/run/d.sock' }))?.dial).toEqual({
      kind: 'command',
      argv: [
        ...['ssh', '-o', 'ConnectTimeout=30', '-T', '-l', 'me', '-p', '2222', '--', 'build.example'],
        ...['docker', '--host', 'unix:///run/d.sock', 'system', 'dial-stdio'],
      ],
    })
  })

  it.each(['ftp://x', 'unix://', 'tcp://', 'tcp://h:port', 'tcp://h:1/path', 'ssh://', 'ssh://me:pw@h'])(
    'refuses %s, and says what is expected',
    async (host) => {
      await expect(find({ DOCKER_HOST: host })).rejects.toMatchObject({
        code: 'docker/unreachable',
        message: expect.stringContaining(`DOCKER_HOST is "${host}"`),
      })
    },
  )

  it('uses TLS when DOCKER_TLS_VERIFY is set, with the files of DOCKER_CERT_PATH', async () => {
    for (const name of ['ca', 'cert', 'key']) await write(`certs/${name}.pem`, name)
    const env = { DOCKER_HOST: 'tcp://h', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: join(home, 'certs') }
    const dial = { kind: 'tcp', host: 'h', port: 2376 }
    const files = { ca: Buffer.from('ca'), cert: Buffer.from('cert'), key: Buffer.from('key') }
    expect((await find(env))?.dial).toEqual({ ...dial, tls: { ...files, verify: true } })
    expect((await find({ ...env, DOCKER_TLS_VERIFY: '', DOCKER_TLS: '1' }))?.dial).toMatchObject({
      tls: { verify: false },
    })
  })
})

describe('a Docker context', () => {
  it('is taken from DOCKER_CONTEXT, else from the config, and not at all when DOCKER_HOST is set', async () => {
    await write(`.docker/${context('remote')}`, { Endpoints: { docker: { Host: 'tcp://remote:2375' } } })
    await write(`.docker/${context('other')}`, { Endpoints: { docker: { Host: 'unix:///other.sock' } } })
    await write('.docker/config.json', { currentContext: 'other' })
    expect(await find({})).toMatchObject({ host: 'unix:///other.sock', from: 'the Docker context "other"' })
    expect(await find({ DOCKER_CONTEXT: 'remote' })).toMatchObject({ host: 'tcp://remote:2375' })
    expect((await find({ DOCKER_CONTEXT: 'default' }))?.from).toBeUndefined()
    expect(await find({ DOCKER_HOST: 'tcp://h', DOCKER_CONTEXT: 'remote' })).toMatchObject({ host: 'tcp://h' })
  })

  it('has its own certificates, wherever DOCKER_CONFIG is', async () => {
    const env = { DOCKER_CONFIG: join(home, 'elsewhere'), DOCKER_CONTEXT: 'safe' }
    await write(`elsewhere/${context('safe')}`, { Endpoints: { docker: { Host: 'tcp://safe:2376' } } })
    await write(`elsewhere/${tls('safe')}/ca.pem`, 'ca')
    expect((await find(env))?.dial).toMatchObject({ port: 2376, tls: { ca: Buffer.from('ca'), verify: true } })
    const skip = { Endpoints: { docker: { Host: 'tcp://safe:2376', SkipTLSVerify: true } } }
    await write(`elsewhere/${context('safe')}`, skip)
    expect((await find(env))?.dial).toMatchObject({ tls: { verify: false } })
  })

  it('that does not exist is named', async () => {
    await expect(find({ DOCKER_CONTEXT: 'none' })).rejects.toThrow('there is no Docker context "none"')
  })

  it('in a config that is no JSON is said so', async () => {
    await write('broken/config.json', '{')
    await expect(find({ DOCKER_CONFIG: join(home, 'broken') })).rejects.toMatchObject({
      code: 'docker/unreachable',
      message: expect.stringContaining(join(home, 'broken/config.json')),
    })
  })

  it.skipIf(process.getuid?.() === 0)('in a config that may not be read is said so', async () => {
    await write('locked/config.json', '{}')
    await chmod(join(home, 'locked/config.json'), 0)
    await expect(find({ DOCKER_CONFIG: join(home, 'locked') })).rejects.toMatchObject({ code: 'docker/unreachable' })
  })
})

describe('without any setting', () => {
  it("looks for Docker's own socket, and for those of others and Podman behind it", async () => {
    await write('run/podman/podman.sock', '')
    await write('plain/.docker/run/docker.sock', '')
    const hosts = (await findEndpoints({ HOME: join(home, 'plain'), XDG_RUNTIME_DIR: join(home, 'run') })).map(
      ({ host }) => host,
    )
    const desktop = hosts.indexOf(`unix://${join(home, 'plain/.docker/run/docker.sock')}`)
    const podman = hosts.indexOf(`unix://${join(home, 'run/podman/podman.sock')}`)
    expect(desktop).toBeGreaterThanOrEqual(0)
    expect(podman).toBeGreaterThan(desktop)
    expect(hosts.filter((host) => host.includes('.colima'))).toEqual([])
  })
})
