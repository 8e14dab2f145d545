import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../clock/index.js'
import { createProcesses } from '../../processes/index.js'
import type { EngineConnection } from '../connection.js'
import { certificate, key } from '../testing/certificate.js'
import { createConnector } from './connect.js'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})
const folder = async (): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), 'tiltts-reach-'))
  cleanups.push(() => rm(path, { recursive: true, force: true }))
  return path
}
const connect = async (home: string, env: Readonly<Record<string, string>>): Promise<EngineConnection> => {
  const processes = createProcesses({ sessionId: home, stateFolder: join(home, 'state'), reaper: false })
  const all = { HOME: home, PATH: process.env['PATH'] ?? '', ...env }
  const connector = createConnector({ env: all, clock: systemClock(), processes, timeoutMs: 3000 })
  cleanups.push(() => connector.close())
  return await connector.connect()
}
const answer = { Version: '26.1', ApiVersion: '1.45', Arch: 'amd64', Os: 'linux' }
const listen = async (server: Server, ...at: readonly [string] | readonly [number, string]): Promise<Server> => {
  await new Promise<void>((resolve) =>
    at.length === 1 ? server.listen(at[0], resolve) : server.listen(at[0], at[1], resolve),
  )
  cleanups.push(() => {
    server.close()
    if ('closeAllConnections' in server && typeof server.closeAllConnections === 'function')
      server.closeAllConnections()
  })
  return server
}
const engine = (path: string): Promise<Server> =>
  listen(
    createServer((_request, response) => void response.end(JSON.stringify(answer))),
    path,
  )
const portOf = (server: Server): number => (server.address() as AddressInfo).port

describe('reaching an engine', () => {
  it('goes to the next usual socket when nothing listens behind the first', async () => {
    const home = await folder()
    const runtime = join(home, 'run')
    await mkdir(join(home, '.docker/run'), { recursive: true })
    await mkdir(join(runtime, 'podman'), { recursive: true })
    await writeFile(join(home, '.docker/run/docker.sock'), '')
    await engine(join(runtime, 'podman/podman.sock'))
    // An engine of this machine itself would come first.
    const found = await connect(home, { XDG_RUNTIME_DIR: runtime })
    if (found.host === 'unix:///var/run/docker.sock') return
    expect(found.host).toBe(`unix://${join(runtime, 'podman/podman.sock')}`)
    expect(found.env['DOCKER_HOST']).toBe(found.host)
  })

  it('says which socket is missing, and who named it', async () => {
    await expect(connect(await folder(), { DOCKER_HOST: 'unix:///no/such.sock' })).rejects.toMatchObject({
      code: 'docker/unreachable',
      retry: true,
      message:
        'no Docker engine answers at unix:///no/such.sock (from DOCKER_HOST): there is no /no/such.sock; is Docker running?',
    })
  })

  it('says when nobody listens at an address, or there is no such host', async () => {
    const home = await folder()
    await expect(connect(home, { DOCKER_HOST: 'tcp://127.0.0.1:1' })).rejects.toThrow('connection refused')
    await expect(connect(home, { DOCKER_HOST: 'tcp://no-such-host.invalid' })).rejects.toThrow(
      'no such host "no-such-host.invalid"',
    )
  })

  it.skipIf(process.getuid?.() === 0)('says how to be allowed to use the socket', async () => {
    const home = await folder()
    const socket = join(home, 'docker.sock')
    await engine(socket)
    await chmod(socket, 0)
    await expect(connect(home, { DOCKER_HOST: `unix://${socket}` })).rejects.toThrow(`you may not use ${socket}`)
  })

  it('speaks TLS with the certificates of DOCKER_CERT_PATH, and trusts nobody else', async () => {
    const home = await folder()
    const secure = createHttpsServer({ key, cert: certificate }, (_request, response) => {
      response.end(JSON.stringify(answer))
    })
    const host = `tcp://localhost:${portOf(await listen(secure, 0, 'localhost'))}`
    await writeFile(join(home, 'ca.pem'), certificate)
    const env = { DOCKER_HOST: host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: home }
    expect((await connect(home, env)).engine.version).toBe('26.1')
    await rm(join(home, 'ca.pem'))
    await expect(connect(home, env)).rejects.toThrow('its certificate is not accepted')
    await expect(connect(home, { DOCKER_HOST: host })).rejects.toMatchObject({ code: 'docker/unreachable' })
  })

  it('says when there is no TLS at all', async () => {
    const home = await folder()
    const plain = await listen(
      createServer((_request, response) => void response.end('{}')),
      0,
      '127.0.0.1',
    )
    const env = { DOCKER_HOST: `tcp://127.0.0.1:${portOf(plain)}`, DOCKER_TLS_VERIFY: '1' }
    await expect(connect(home, env)).rejects.toThrow('no TLS there')
  })

  it('goes through ssh, as the user has set it up', async () => {
    const home = await folder()
    const socket = join(home, 'remote.sock')
    await engine(socket)
    const script = `import { connect } from 'node:net'
      import { writeFileSync } from 'node:fs'
      writeFileSync(${JSON.stringify(join(home, 'argv'))}, process.argv.slice(2).join(' '))
      const there = connect(${JSON.stringify(socket)})
      process.stdin.pipe(there).pipe(process.stdout)`
    await writeFile(join(home, 'ssh.mjs'), script)
    await writeFile(join(home, 'ssh'), `#!/bin/sh\nexec "${process.execPath}" "${home}/ssh.mjs" "$@"\n`, {
      mode: 0o755,
    })
    const PATH = `${home}:${process.env['PATH'] ?? ''}`
    const connection = await connect(home, { DOCKER_HOST: 'ssh://me@build.example', PATH })
    expect(connection).toMatchObject({ host: 'ssh://me@build.example', engine: { version: '26.1' } })
    // The connection is kept for the next call.
    const info: unknown = await connection.call((docker) => docker.info())
    expect(info).toEqual(answer)
  })

  it('tells what ssh said when it fails', async () => {
    const home = await folder()
    const failing = '#!/bin/sh\necho "Permission denied (publickey)." >&2\nexit 255\n'
    await writeFile(join(home, 'ssh'), failing, { mode: 0o755 })
    const env = { DOCKER_HOST: 'ssh://me@build.example', PATH: `${home}:${process.env['PATH'] ?? ''}` }
    await expect(connect(home, env)).rejects.toThrow('ssh ended with code 255: Permission denied (publickey).')
    await expect(connect(home, { ...env, PATH: join(home, 'empty') })).rejects.toThrow('no such command "ssh"')
  })
})
