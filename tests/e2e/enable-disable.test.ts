import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiObject } from '../support/api-object.js'
import { type SharedSession, sharedSession } from '../support/shared-session.js'

const config = `import { arg, defineArgs, localResource } from 'tiltts'
const cfg = defineArgs({ word: arg.string({ default: 'hello' }) })
localResource('api', { cmd: 'true', serveCmd: 'echo api serves ' + cfg.word + '; exec sleep 1000', labels: ['backend'] })
localResource('db', { serveCmd: 'echo db serves; exec sleep 1000', labels: ['backend', 'data'] })
localResource('web', { serveCmd: 'echo web serves; exec sleep 1000', labels: ['frontend'] })
localResource('job', { cmd: 'echo job begins; sleep 0.2; echo job ran', autoInit: false, labels: ['jobs'] })
localResource('bad-job', { cmd: 'echo it goes wrong; exit 3', autoInit: false, labels: ['jobs'] })
`

interface Switch {
  readonly metadata: { readonly name: string }
  readonly data: { readonly isDisabled: string }
}

describe('a session whose resources are switched', () => {
  let session: SharedSession

  beforeAll(async () => {
    session = await sharedSession({ 'tilt.config.ts': config }, /web serves/)
    await session.until(() => /db serves/.test(session.dev.stdout()) && /api serves/.test(session.dev.stdout()))
  }, 30_000)
  afterAll(() => session.end())

  /** Names that are switched off, as the objects say it that do it. */
  const disabled = async (): Promise<readonly string[]> => {
    const { items } = (await apiObject(session, 'configmaps')) as { items: readonly Switch[] }
    return items
      .filter(({ data }) => data.isDisabled === 'true')
      .map(({ metadata }) => metadata.name.replace(/-disable$/, ''))
      .toSorted()
  }

  it('CLI-67, DIS-06: disable and enable take names and labels together, and say nothing', async () => {
    const done = { code: 0, stdout: '', stderr: '' }
    expect(await session.run('disable', 'web', '-l', 'data')).toMatchObject(done)
    expect(await disabled()).toEqual(['db', 'web'])
    expect(await session.run('enable', 'web', '--labels', 'data')).toMatchObject(done)
    expect(await disabled()).toEqual([])
    expect(await session.run('disable', '--all')).toMatchObject(done)
    expect(await disabled()).toEqual(['api', 'bad-job', 'db', 'job', 'web'])
    expect(await session.run('enable', '--all')).toMatchObject(done)
    expect(await disabled()).toEqual([])
  })

  it('CLI-68: --labels means any of them; --only disables all others of names, and nothing beside labels', async () => {
    await session.run('disable', '-l', 'data,frontend')
    expect(await disabled()).toEqual(['db', 'web'])
    await session.run('enable', '--only', 'web', 'job')
    expect(await disabled()).toEqual(['api', 'bad-job', 'db'])
    await session.run('enable', '--only', '-l', 'data')
    expect(await disabled()).toEqual(['api', 'bad-job'])
    await session.run('enable', '--all')
  })

  it('CLI-67, DIS-06: looks at all names before anything is changed', async () => {
    for (const command of ['enable', 'disable'])
      expect(await session.run(command, 'api', 'nope')).toMatchObject({
        code: 4,
        stderr: expect.stringContaining('no such resource "nope"'),
      })
    expect(await session.run('disable', 'api', '(Tiltfile)')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('(Tiltfile) cannot be disabled'),
    })
    expect(await disabled()).toEqual([])
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [['disable'], 'must specify at least one resource'],
      [['enable'], 'must specify at least one resource'],
      [['disable', '--all', 'api'], 'cannot use --all with resource names'],
      [['enable', '--all', '--only'], 'cannot use --all with --only'],
    ]
    for (const [args, message] of wrong)
      expect(await session.run(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
  })

  it('CLI-69, DIS-06: is done by ConfigMaps that others may write, and stays over a reload, until the arguments change', async () => {
    await session.run('patch', 'configmap', 'web-disable', '-p', '{"data":{"isDisabled":"true"}}')
    expect((await session.run('trigger', 'web')).stderr).toContain('"web" is currently disabled')
    session.project.write('tilt.config.ts', `${config}localResource('later', { cmd: 'echo later ran' })\n`)
    await session.until(() => session.dev.stdout().includes('later ran'))
    expect(await disabled()).toEqual(['web'])
    await session.run('args', '--', '--word', 'again')
    await session.until(async () => (await disabled()).length === 0)
    await session.until(() => session.dev.stdout().includes('api serves again'))
  })

  it('CLI-43, CLI-44: args replaces the arguments, says so on stderr, and says when they are those already', async () => {
    const changed = await session.run('args', '--', '--word', 'two words')
    expect(changed).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringMatching(/at localhost:\d+ to: --word two words/),
    })
    await session.until(() => session.dev.stdout().includes('api serves two words'))
    expect((await session.run('args', '--', '--word', 'two words')).stderr).toContain('nothing was changed')
    expect(await session.run('args', '--clear', 'x')).toMatchObject({ code: 2 })
  })

  it('CLI-45: args without a terminal prints the arguments and does not wait for an editor', async () => {
    expect(await session.run('args')).toMatchObject({ code: 0, stdout: '--word\ntwo words\n' })
  })

  it('CLI-46: args is a field of the object (Tiltfile), which others may patch', async () => {
    const patch = JSON.stringify({ spec: { args: ['--word', 'patched'] } })
    expect(await session.run('patch', 'tiltfile', '(Tiltfile)', '--type', 'merge', '-p', patch)).toMatchObject({
      code: 0,
      stdout: 'tiltfile.tilt.dev/(Tiltfile) patched\n',
    })
    await session.until(() => session.dev.stdout().includes('api serves patched'))
    expect((await session.run('args', '--clear')).stderr).toContain('to: (none)')
    expect((await session.run('args')).stdout).toBe('')
  })

  it('CLI-65: trigger takes several names and labels, prints the logs, and waits', async () => {
    const good = await session.run('trigger', 'job', 'later', '--logs')
    expect(good).toMatchObject({ code: 0 })
    for (const text of [
      'update for resource: "job"',
      'job │ job ran',
      'later │ later ran',
      'job succeeded',
      'later succeeded',
    ])
      expect(good.stdout).toContain(text)
    const bad = await session.run('trigger', '-l', 'jobs', '--logs')
    expect(bad.code).toBe(1)
    expect(bad.stdout).toContain('bad-job │ it goes wrong')
    expect(bad.stdout).toMatch(/^bad-job failed/m)
    expect(bad.stdout.match(/job │ job ran/g)).toHaveLength(1)
  })

  it('CLI-66: trigger says what is not there, with exit code 4', async () => {
    const { code, stderr } = await session.run('trigger', 'job', 'jbo')
    expect({ code, stderr }).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('resource "jbo" does not exist'),
    })
  })
})
