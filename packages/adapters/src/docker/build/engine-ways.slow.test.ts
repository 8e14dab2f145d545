import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import type { BuildEvent } from '@tiltts/runtime/ports'
import { expect, it, onTestFinished } from 'vitest'
import { certificate, key } from '../testing/certificate.js'
import { describeWithDocker } from '../testing/needs-docker.js'
import { type BuilderWorld, builderWorld, docker, imageOf, onceInstruction, outputOf } from './testing/builder-world.js'

const engineSocket = '/var/run/docker.sock'

interface Door {
  readonly port: number
  /** Breaks all connections and takes no more. */
  shut(): Promise<void>
}

/** Another way to the engine of this machine. */
async function door(make: (take: (client: Socket) => void) => Server): Promise<Door> {
  const sockets = new Set<Socket>()
  const server = make((client) => {
    const upstream = connect({ path: engineSocket, allowHalfOpen: true })
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.pipe(to)
      from.on('error', () => to.destroy())
      from.on('close', () => to.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const shut = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  onTestFinished(shut)
  return { port, shut }
}

const plainDoor = (): Promise<Door> => door((take) => createServer({ allowHalfOpen: true }, take))
const tlsDoor = (): Promise<Door> =>
  door((take) => createTlsServer({ cert: certificate, key, allowHalfOpen: true }, take))

function home(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tiltts-home-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** A build that uses the session: its context and a secret come from here. */
async function buildsBy(bench: BuilderWorld): Promise<void> {
  bench.write('a.txt', 'hello ')
  const dockerfile = `FROM busybox\n${onceInstruction()}\nCOPY a.txt /\nRUN --mount=type=secret,id=T cat /a.txt /run/secrets/T\n`
  const request = bench.request(dockerfile, { secrets: ['id=T,env=TILTTS_TEST_TOKEN'] })
  const events: BuildEvent[] = []
  // The bench's own would wait for the docker command, which would wait for the door, which is in this process.
  const outcome = await bench.builder.build(request, (event) => events.push(event), new AbortController().signal)
  const id = imageOf({ outcome, events })
  onTestFinished(() => void docker('rmi', '--force', id))
  expect(outputOf({ outcome, events })).toBe('hello sesame')
}

describeWithDocker('the way to the engine that builds', () => {
  it('is that of DOCKER_HOST', async () => {
    const { port } = await plainDoor()
    const env = { DOCKER_HOST: `tcp://127.0.0.1:${port}`, TILTTS_TEST_TOKEN: 'sesame' }
    await buildsBy(builderWorld(env))
  })

  it('is that of DOCKER_HOST with TLS, and its certificates', async () => {
    const { port } = await tlsDoor()
    const folder = home()
    put(join(folder, 'ca.pem'), certificate)
    await buildsBy(
      builderWorld({
        DOCKER_HOST: `tcp://localhost:${port}`,
        DOCKER_TLS_VERIFY: '1',
        DOCKER_CERT_PATH: folder,
        TILTTS_TEST_TOKEN: 'sesame',
      }),
    )
  })

  it('is that of the Docker context in use, with the certificates it has', async () => {
    const { port } = await tlsDoor()
    const folder = home()
    const id = createHash('sha256').update('far').digest('hex')
    const meta = {
      Name: 'far',
      Metadata: {},
      Endpoints: { docker: { Host: `tcp://localhost:${port}`, SkipTLSVerify: false } },
    }
    put(join(folder, 'contexts/meta', id, 'meta.json'), JSON.stringify(meta))
    put(join(folder, 'contexts/tls', id, 'docker/ca.pem'), certificate)
    put(join(folder, 'config.json'), JSON.stringify({ currentContext: 'far' }))
    await buildsBy(builderWorld({ DOCKER_HOST: '', DOCKER_CONFIG: folder, TILTTS_TEST_TOKEN: 'sesame' }))
  })

  it.each([
    ['with BuildKit', {}],
    ['without BuildKit', { DOCKER_BUILDKIT: '0' }],
  ])('that breaks in the middle of a build %s is told as such, so that the build is tried again', async (_, env) => {
    const { port, shut } = await plainDoor()
    const bench = builderWorld({ DOCKER_HOST: `tcp://127.0.0.1:${port}`, ...env })
    let broken: Promise<void> | undefined
    const building = bench.builder.build(
      bench.request(`FROM busybox\n${onceInstruction()}\nRUN echo begun; sleep 20\n`),
      (event) => {
        if (event.kind === 'output' && event.text.includes('begun')) broken ??= shut()
      },
      new AbortController().signal,
    )
    await expect(building).rejects.toMatchObject({ code: 'docker/unreachable', retry: true })
    await broken
  })
})
