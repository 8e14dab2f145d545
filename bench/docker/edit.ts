import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { tarEnd, tarHeader, tarPadding } from '../../packages/adapters/src/container-channel/tar-header.js'
import { startDev } from '../support/dev.js'
import { createDockerProject, docker } from '../support/docker-project.js'
import { raceEdits, type Seen } from '../support/race-edits.js'
import { type BenchRow, median, ms } from '../support/stats.js'

const edits = 30
const port = 4621

/** Tells by TCP what a file of the container holds, as soon as it holds something else. */
const watcher = `const { watch, readFileSync } = require('node:fs')
const clients = new Set()
require('node:net').createServer((socket) => { clients.add(socket.on('error', () => {}).on('close', () => clients.delete(socket))) }).listen(3000, () => console.log('watching'))
for (const folder of ['/app/synced', '/app/put'])
  watch(folder, () => {
    let text = ''
    try { text = readFileSync(folder + '/edited.txt', 'utf8') } catch {}
    if (text.endsWith('.')) for (const socket of clients) socket.write(text)
  })
process.on('SIGTERM', () => process.exit(0))
`

/** An edit to its bytes in the container of a compose service, beside one PUT of an archive on a connection that is kept. */
export async function dockerEditRows(): Promise<readonly BenchRow[]> {
  const project = createDockerProject((name) => ({
    'tilt.config.ts': `import { dockerBuild, dockerCompose, sync } from 'tiltts'
dockerCompose('./compose.yaml')
dockerBuild('${name}/api', './api', { liveUpdate: [sync('./api/synced', '/app/synced')] })
`,
    'compose.yaml': `name: ${name}
services:
  api: { image: ${name}/api, ports: ['127.0.0.1:${port}:3000'] }
`,
    'api/Dockerfile': `FROM node:20\nWORKDIR /app\nRUN mkdir put\nCOPY . .\nCMD ["node", "watcher.cjs"]\n`,
    'api/watcher.cjs': watcher,
    'api/synced/edited.txt': '',
  }))
  const dev = await startDev(project)
  await dev.printed('ready (', 120_000)
  await dev.printed('watching')
  const seen = await seenInContainer()
  const put = archivePut(project.container('api'))
  const file = join(project.folder, 'api/synced/edited.txt')
  const { ours, floors } = await raceEdits({ file, edits, seen, put })
  seen.close()
  await dev.stop()
  project.remove()
  const [measured, floor] = [median(ours), median(floors)]
  return [
    {
      what: 'edit → bytes in a compose container, median of 30',
      goal: '≤ 50 ms and ≤ floor + 45 ms',
      measured: ms(measured),
      floor: `${ms(floor)} (PUT archive on a kept connection)`,
      met: measured <= 50 && measured <= floor + 45,
    },
  ]
}

async function seenInContainer(): Promise<Seen> {
  const socket = await new Promise<Socket>((resolve) => {
    const one = connect({ port, host: '127.0.0.1' }, () => resolve(one))
  })
  socket.setNoDelay(true)
  let said = ''
  let check = (): void => {}
  socket.on('data', (bytes) => {
    said += bytes
    check()
  })
  return {
    wait: (text) =>
      new Promise((resolve, reject) => {
        said = ''
        const timer = setTimeout(() => reject(new Error(`"${text}" did not come into the container`)), 10_000)
        check = () => {
          if (!said.includes(text)) return
          clearTimeout(timer)
          resolve(performance.now())
        }
      }),
    close: () => void socket.destroy(),
  }
}

/** One file into the container, by one request. */
function archivePut(container: string): (text: string) => Promise<void> {
  const [host = ''] = docker('context', 'inspect', '--format', '{{.Endpoints.docker.Host}}')
  const socketPath = (process.env['DOCKER_HOST'] ?? host).replace(/^unix:\/\//, '')
  const agent = new Agent({ keepAlive: true })
  agent.on('free', (socket) => socket.unref())
  return (text) => {
    const size = Buffer.byteLength(text)
    const header = tarHeader({ path: 'edited.txt', kind: 'file', mode: 0o644, mtimeMs: Date.now(), size })
    const body = Buffer.concat([header, Buffer.from(text), tarPadding(size), tarEnd()])
    return new Promise((resolve, reject) => {
      const asked = request(
        { socketPath, agent, method: 'PUT', path: `/containers/${container}/archive?path=/app/put` },
        (answer) => {
          answer.resume().on('end', () => {
            if (answer.statusCode === 200) resolve()
            else reject(new Error(`PUT archive was answered with ${answer.statusCode}`))
          })
        },
      )
      asked.on('error', reject).end(body)
    })
  }
}
