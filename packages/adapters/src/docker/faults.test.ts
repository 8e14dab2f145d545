import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LogChunk } from '@tiltts/runtime/ports'
import { afterEach, describe, expect, it } from 'vitest'
import { readAll } from './connection/wire.js'
import { type StandInEngine, standInEngine } from './testing/stand-in-engine.js'

const open: StandInEngine[] = []
const engine = async (options: Parameters<typeof standInEngine>[0] = {}): Promise<StandInEngine> => {
  const made = await standInEngine(options)
  open.push(made)
  return made
}
afterEach(async () => {
  for (const made of open.splice(0)) await made.close()
})
const never = new AbortController().signal
const until = async (what: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 400 && !what(); turn++) await sleep(5)
  expect(what()).toBe(true)
}

describe('an engine that fails', () => {
  it("rejects with the engine's own words when it says no", async () => {
    const h = await engine()
    h.json('GET /containers/json', { message: 'the disk of the engine is broken' }, 500)
    await expect(h.docker.containers({})).rejects.toMatchObject({
      code: 'docker/refused',
      message: 'the disk of the engine is broken',
    })
  })

  it('gives up on an engine that takes the connection and never answers', async () => {
    const h = await engine({ timeoutMs: 150 })
    h.on('GET /containers/x/json', (request) => void request.resume())
    await expect(h.docker.inspectContainer('x')).rejects.toMatchObject({
      code: 'docker/unreachable',
      message: `no Docker engine answers at ${h.host} (from DOCKER_HOST): it took the connection, but gave no answer within 0.15 s`,
    })
  })

  it('gives up on one that does not even say its version', async () => {
    const h = await engine({ timeoutMs: 150 })
    h.on('GET /version', (request) => void request.resume())
    await expect(h.docker.info()).rejects.toMatchObject({ code: 'docker/unreachable' })
  })

  it('an abort rejects at once', async () => {
    const h = await engine()
    h.on('GET /version', (request) => void request.resume())
    const abort = new AbortController()
    const asked = h.docker.info(abort.signal)
    asked.catch(() => {})
    await until(() => h.asked.length > 0)
    abort.abort(new Error('enough'))
    await expect(asked).rejects.toThrow('enough')
  })

  it('does not take any server for an engine', async () => {
    const h = await engine()
    h.on('GET /version', (_request, response) => void response.end('<html>hello</html>'))
    await expect(h.docker.info()).rejects.toMatchObject({
      code: 'docker/unreachable',
      message: expect.stringContaining('what answers there is no Docker engine'),
    })
  })

  it('refuses one that is too old, and says so', async () => {
    const h = await engine()
    h.json('GET /version', { Version: '18.09', ApiVersion: '1.39' })
    await expect(h.docker.info()).rejects.toThrow('the Docker engine 18.09 is too old: its API is 1.39')
  })

  it('speaks the oldest version that a newer engine still knows', async () => {
    const h = await engine()
    h.json('GET /version', { Version: '40.0', ApiVersion: '1.70', MinAPIVersion: '1.60', Arch: 'amd64' })
    h.json('GET /info', { ID: 'e' })
    expect(await h.docker.info()).toMatchObject({ apiVersion: '1.60', id: 'e' })
  })

  it('finds an engine again that went away and came back as another version', async () => {
    const h = await engine()
    h.json('GET /info', { ID: 'e' })
    expect(await h.docker.info()).toMatchObject({ version: '26.1.5', apiVersion: '1.45' })
    await h.stop()
    const away = { code: 'docker/unreachable', retry: true, message: expect.stringContaining('is Docker running?') }
    // The first may still hear the end of the connection that was kept.
    await expect(h.docker.info()).rejects.toMatchObject({ code: 'docker/unreachable' })
    await expect(h.docker.info()).rejects.toMatchObject(away)
    h.json('GET /version', { Version: '27.0.0', ApiVersion: '1.46', Arch: 'amd64' })
    await h.start()
    expect(await h.docker.info()).toMatchObject({ version: '27.0.0', apiVersion: '1.46' })
  })

  it('is asked for what never changes only once, and yet each time whether it is there', async () => {
    const h = await engine()
    h.json('GET /info', { ID: 'e' })
    for (let turn = 0; turn < 3; turn++) expect(await h.docker.info()).toMatchObject({ id: 'e' })
    expect(h.asked.filter((call) => call === 'GET /info')).toHaveLength(1)
    await h.stop()
    await expect(h.docker.info()).rejects.toMatchObject({ code: 'docker/unreachable' })
  })

  it('asks again by itself when the engine closed a kept connection at that moment', async () => {
    const h = await engine()
    const connection = await h.connect()
    let calls = 0
    h.on('GET /_ping', (request, response) => {
      calls += 1
      if (calls === 2) request.socket.destroy()
      else response.writeHead(200).end()
    })
    for (let turn = 0; turn < 2; turn++) {
      await readAll(await connection.request({ method: 'GET', path: '/_ping' }))
      await sleep(20)
    }
    expect(calls).toBe(3)
  })
})

describe('an event stream', () => {
  const watching = async (
    h: StandInEngine,
  ): Promise<{ response: ServerResponse; events: string[]; ended: Promise<void>; close: () => void }> => {
    let response: ServerResponse | undefined
    h.on('GET /events', (_request, answer) => {
      response = answer
      answer.writeHead(200).flushHeaders()
    })
    const events: string[] = []
    const watch = await h.docker.watchContainers({ a: 'b' }, ({ container, what }) =>
      events.push(`${what} ${container}`),
    )
    if (!response) throw new Error('nobody asked for events')
    return { response, events, ended: watch.ended, close: watch.close }
  }
  const event = (Action: string, ID: string): string =>
    `${JSON.stringify({ Type: 'container', Action, Actor: { ID } })}\n`

  it('DC-04: rejects `ended` when it is cut, in the middle of an event, too', async () => {
    const h = await engine()
    const watch = await watching(h)
    watch.response.write(`${event('start', 'one')}{"Type":"cont`)
    await until(() => watch.events.length === 1)
    watch.response.destroy()
    await expect(watch.ended).rejects.toMatchObject({ code: 'docker/unreachable' })
  })

  it('rejects `ended` when the engine ends it in good order', async () => {
    const h = await engine()
    const watch = await watching(h)
    watch.response.end()
    await expect(watch.ended).rejects.toMatchObject({ code: 'docker/unreachable' })
  })

  it('DC-04: tells changes and removals, in pieces or many at once, and leaves out what changes no container', async () => {
    const h = await engine()
    const watch = await watching(h)
    const text = [
      event('create', '1'),
      event('exec_start: sh -c true', '1'),
      event('extract-to-dir', '1'),
      event('health_status: healthy', '1'),
      event('die', '1'),
      event('destroy', '1'),
      event('died', '2'),
      event('remove', '2'),
    ].join('')
    for (const piece of text.match(/.{1,40}/gs) ?? []) watch.response.write(piece)
    await until(() => watch.events.length >= 6)
    expect(watch.events).toEqual(['change 1', 'change 1', 'change 1', 'remove 1', 'change 2', 'remove 2'])
    watch.close()
    await watch.ended
  })

  it('rejects when the engine refuses it', async () => {
    const h = await engine()
    h.json('GET /events', { message: 'invalid filter' }, 400)
    await expect(h.docker.watchContainers({}, () => {})).rejects.toMatchObject({ code: 'docker/refused' })
  })
})

describe('a log stream', () => {
  const frame = (text: string, stream = 1): Buffer => {
    const bytes = Buffer.from(text)
    const header = Buffer.alloc(8)
    header[0] = stream
    header.writeUInt32BE(bytes.length, 4)
    return Buffer.concat([header, bytes])
  }
  const time = (second: number): string => `2026-01-02T03:04:0${second}.000000001Z`

  it('DC-06: hands over what came, and rejects when it is cut', async () => {
    const h = await engine()
    h.json('GET /containers/x/json', { Config: { Tty: false } })
    h.on('GET /containers/x/logs', (_request, response) => {
      response.writeHead(200)
      response.write(
        Buffer.concat([frame(`${time(1)} one\n`), frame(`${time(2)} two\n`), frame('2026-').subarray(0, 5)]),
      )
      setTimeout(() => response.destroy(), 20)
    })
    const chunks: LogChunk[] = []
    const follow = async (): Promise<void> => {
      for await (const chunk of h.docker.logs('x', {}, never)) chunks.push(chunk)
    }
    await expect(follow()).rejects.toMatchObject({ code: 'docker/unreachable' })
    expect(chunks).toEqual([{ text: 'one\ntwo\n', stream: 'stdout', time: time(2) }])
  })

  it('rejects with the reason when the signal aborts, and stops when nobody listens any more', async () => {
    const h = await engine()
    h.json('GET /containers/x/json', { Config: { Tty: false } })
    let closed = 0
    h.on('GET /containers/x/logs', (_request, response) => {
      response.writeHead(200).write(frame(`${time(1)} one\n`))
      response.once('close', () => {
        closed += 1
      })
    })
    const abort = new AbortController()
    const follow = async (): Promise<void> => {
      for await (const _chunk of h.docker.logs('x', {}, abort.signal)) abort.abort(new Error('enough'))
    }
    await expect(follow()).rejects.toThrow('enough')
    for await (const _chunk of h.docker.logs('x', {}, never)) break
    await until(() => closed === 2)
  })
})

describe('a push', () => {
  const events = (h: StandInEngine, ...lines: readonly unknown[]): void =>
    h.on('POST /images/127.0.0.1:5000/api/push', (_request, response) => {
      response.writeHead(200)
      response.end(lines.map((line) => `${JSON.stringify(line)}\r\n`).join(''))
    })

  it('PUSH-05: fails with the words of the registry, although the engine answered with success', async () => {
    const h = await engine()
    const error = 'denied: requested access to the resource is denied'
    events(
      h,
      { status: 'The push refers to repository [127.0.0.1:5000/api]' },
      { errorDetail: { message: error }, error },
    )
    const lines: string[] = []
    await expect(h.docker.push('127.0.0.1:5000/api:dev', (line) => lines.push(line), never)).rejects.toMatchObject({
      code: 'image/push-failed',
      message: `cannot push 127.0.0.1:5000/api:dev: ${error}. Log in first: docker login 127.0.0.1:5000`,
    })
    expect(lines).toEqual(['The push refers to repository [127.0.0.1:5000/api]'])
  })

  it('PUSH-05: sends the login of the Docker config, and tells what happened without the noise', async () => {
    const h = await engine()
    const { mkdir, writeFile } = await import('node:fs/promises')
    await mkdir(`${h.folder}/.docker`)
    const auth = Buffer.from('me:secret').toString('base64')
    await writeFile(
      `${h.folder}/.docker/config.json`,
      JSON.stringify({ auths: { 'https://127.0.0.1:5000': { auth } } }),
    )
    let sent = ''
    h.on('POST /images/127.0.0.1:5000/api/push', (request, response) => {
      sent = String(request.headers['x-registry-auth'])
      const lines = [
        { status: 'Pushing', id: 'abc', progressDetail: { current: 1, total: 2 }, progress: '[=> ]' },
        { status: 'Pushed', id: 'abc' },
        { status: 'dev: digest: sha256:1 size: 2' },
        { aux: { Tag: 'dev' } },
      ]
      response.end(lines.map((line) => JSON.stringify(line)).join('\n'))
    })
    const lines: string[] = []
    await h.docker.push('127.0.0.1:5000/api:dev', (line) => lines.push(line), never)
    expect(lines).toEqual(['abc: Pushed', 'dev: digest: sha256:1 size: 2'])
    expect(JSON.parse(Buffer.from(sent, 'base64url').toString())).toMatchObject({ username: 'me', password: 'secret' })
  })

  it('rejects as unreachable when the engine goes away in the middle', async () => {
    const h = await engine()
    h.on('POST /images/127.0.0.1:5000/api/push', (_request, response) => {
      response.writeHead(200).write('{"status":"Preparing"}\n')
      setTimeout(() => response.destroy(), 20)
    })
    const push = h.docker.push('127.0.0.1:5000/api:dev', () => {}, never)
    await expect(push).rejects.toMatchObject({ code: 'docker/unreachable' })
  })
})
