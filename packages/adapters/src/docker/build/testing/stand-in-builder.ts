import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'

/** Gives the answer to a build; `version` is that of the builder: 2 is BuildKit. */
export type BuildAnswer = (version: string, response: ServerResponse, request: IncomingMessage) => void

export interface StandInBuilder {
  /** As DOCKER_HOST takes it. */
  readonly host: string
  /** The versions of the builder that were asked for. */
  readonly builds: readonly string[]
}

/** An engine for faults of builders that no real one makes on demand. It lasts for one test. */
export async function standInBuilder(answer: BuildAnswer): Promise<StandInBuilder> {
  const folder = mkdtempSync(join(tmpdir(), 'tiltts-stand-in-'))
  const socket = join(folder, 'docker.sock')
  const builds: string[] = []
  const sessions = new Set<Duplex>()
  const version = { Version: '26.1.5', ApiVersion: '1.45', MinAPIVersion: '1.24', Os: 'linux', Arch: 'amd64' }
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://docker')
    const path = url.pathname.replace(/^\/v\d+\.\d+/, '')
    if (path === '/build') {
      const asked = url.searchParams.get('version') ?? ''
      builds.push(asked)
      request.resume()
      answer(asked, response, request)
      return
    }
    request.resume()
    if (path === '/version') response.setHeader('content-type', 'application/json').end(JSON.stringify(version))
    else response.writeHead(path === '/_ping' ? 200 : 404).end()
  })
  server.on('upgrade', (_request, stream) => {
    sessions.add(stream)
    stream.on('error', () => stream.destroy())
    stream.resume()
    stream.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n')
  })
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  onTestFinished(async () => {
    for (const stream of sessions) stream.destroy()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    rmSync(folder, { recursive: true, force: true })
  })
  return { host: `unix://${socket}`, builds }
}
