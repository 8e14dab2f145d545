import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type SharedSession, sharedSession } from '../support/shared-session.js'
import { launchTiltts } from '../support/tiltts.js'

const config = `import { localResource, secret } from 'tiltts'
localResource('api', { serveCmd: 'echo "serving <b>$WORD</b>"; sleep 1000', serveEnv: { WORD: secret('swordfish-42') } })
`

describe('snapshots', () => {
  let session: SharedSession

  beforeAll(async () => {
    session = await sharedSession({ 'tilt.config.ts': config }, /│ serving/)
  }, 30_000)
  afterAll(() => session.end())

  it('CLI-84: snapshot create writes the session without its secrets, to a file as a whole or to stdout', async () => {
    session.project.write('old.json', 'x'.repeat(1 << 20))
    expect(await session.run('snapshot', 'create', 'old.json')).toMatchObject({ code: 0, stdout: '', stderr: '' })
    const text = readFileSync(session.project.path('old.json'), 'utf8')
    const names = JSON.parse(text).view.uiResources.map((row: { metadata: { name: string } }) => row.metadata.name)
    expect(names).toContain('api')
    expect(text).not.toContain('swordfish-42')
    expect(JSON.parse((await session.run('snapshot', 'create')).stdout)).toHaveProperty('createdAt')
    expect(await session.run('snapshot', 'make')).toMatchObject({ code: 2 })
  })

  it('CLI-84: snapshot view serves the page at /snapshot/local, with what was logged as text', async () => {
    await session.run('snapshot', 'create', 'kept.json')
    const view = launchTiltts(session.project, ['snapshot', 'view', 'kept.json', '--no-open'])
    onTestFinished(() => void view.signal('SIGKILL'))
    await view.printed(/http:\/\/localhost:\d+\/snapshot\/local/)
    const [url = ''] = /http:\S+/.exec(view.stdout()) ?? []
    const page = await fetch(url)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    const html = await page.text()
    expect(html).toContain('<td>api</td>')
    expect(html).toContain('serving &lt;b&gt;')
    expect(await fetch(new URL('/', url)).then((answer) => answer.url)).toBe(url)
    const json = await fetch(url.replace('/snapshot/', '/api/snapshot/')).then((answer) => answer.json())
    expect(json).toEqual(JSON.parse(readFileSync(session.project.path('kept.json'), 'utf8')))
    const foreign = await fetch(url, { headers: { origin: 'http://evil.example' } })
    expect(foreign.status).toBe(403)
    view.signal('SIGINT')
    expect(await view.finished).toMatchObject({ code: 0 })
  })

  it('CLI-84: snapshot view refuses what is no snapshot', async () => {
    session.project.write('other.json', '{"view": {}}')
    session.project.write('broken.json', '{')
    for (const file of ['other.json', 'broken.json', 'none.json'])
      expect(await session.run('snapshot', 'view', file)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(file),
      })
  })
})
