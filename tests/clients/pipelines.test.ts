import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { skipReason } from '../support/requires.js'
import type { SharedSession } from '../support/shared-session.js'
import { type Shell, shellOf } from '../support/shell.js'
import { clientSession } from './client-session.js'

const skip = skipReason('jq')
const patience = { timeout: 20_000, interval: 100 }

describe.skipIf(skip !== undefined)(`pipelines of scripts${skip ? ` (skipped: ${skip})` : ''}`, () => {
  let session: SharedSession
  let shell: Shell
  beforeAll(async () => {
    session = await clientSession()
    shell = shellOf(session)
  }, 60_000)
  afterAll(() => session.end())

  it('API-97: jq reads states and the errors of updates', async () => {
    const states = `tiltts get uiresources -o json | jq -r '.items[] | [.metadata.name, .status.updateStatus, .status.runtimeStatus, (.status.buildHistory[0].error // "")] | @tsv'`
    const { out } = await shell.run(states)
    expect(out).toMatch(/^api\tok\tok\t$/m)
    expect(out).toMatch(/^broken\terror\tnot_applicable\t.*exit code 3$/m)
    const failed = `tiltts get uiresources -o json | jq -re '.items[] | select(.status.updateStatus == "error") | .metadata.name'`
    expect(await shell.run(failed)).toMatchObject({ code: 0, out: 'broken\n' })
    const ready = `tiltts get uiresource/api -o json | jq -e '.status.conditions[] | select(.type == "Ready") | .status == "True"'`
    expect(await shell.run(ready)).toMatchObject({ code: 0, out: 'true\n' })
  })

  it('API-97: wait ends when a resource is ready, and says by its code that another is not', async () => {
    const wait = 'tiltts wait --for=condition=Ready --timeout=120s uiresource/api'
    expect(await shell.run(wait)).toMatchObject({ code: 0, out: 'uiresource.tilt.dev/api condition met\n' })
    const never = 'tiltts wait --for=condition=Ready --timeout=1s uiresource/broken || echo "not in time"'
    expect(await shell.run(never)).toMatchObject({ code: 0, out: 'not in time\n' })
  })

  it('API-97: a watch goes through jq object by object, as things happen', async () => {
    const watch = shell.start(
      `tiltts get uiresources -w -o json | jq --unbuffered -r '"\\(.metadata.name) \\(.status.disableStatus.state)"'`,
    )
    try {
      await expect.poll(watch.out, patience).toMatch(/^grafana Enabled$/m)
      expect(await shell.run('tiltts disable monitoring grafana')).toMatchObject({ code: 0, err: '' })
      await expect.poll(watch.out, patience).toMatch(/^grafana Disabled$/m)
      await expect.poll(watch.out, patience).toMatch(/^monitoring Disabled$/m)
      await shell.run('tiltts enable monitoring grafana')
      await expect.poll(watch.out, patience).toMatch(/^grafana Disabled\n[\s\S]*^grafana Enabled$/m)
    } finally {
      await watch.end()
    }
  })

  it('API-97: errors of the log are picked out while it is followed', async () => {
    const errors = shell.start(
      `tiltts logs --json -f | jq --unbuffered -r 'select(.level == "error") | "\\(.resource): \\(.message)"'`,
    )
    try {
      await expect.poll(errors.out, patience).toMatch(/^broken: .*exit code 3$/m)
      const before = errors.out().length
      await shell.run('tiltts trigger broken')
      await expect.poll(() => errors.out().slice(before), patience).toMatch(/^broken: .*exit code 3$/m)
      expect(errors.out()).not.toContain('api serves')
    } finally {
      await errors.end()
    }
  })

  it('API-97: logs are narrowed down to a source and a time', async () => {
    const runtime = shell.start('tiltts logs -f api --source runtime --since 5m')
    try {
      await expect.poll(runtime.out, patience).toContain('api serves')
      expect(runtime.out()).not.toMatch(/^api is built/m)
    } finally {
      await runtime.end()
    }
  })

  it('API-97: trigger waits, with the log, and fails where the update does', async () => {
    expect(await shell.run('tiltts trigger --wait --logs job')).toMatchObject({
      code: 0,
      out: expect.stringContaining('job ran'),
    })
    expect(await shell.run('tiltts trigger --wait broken')).toMatchObject({ code: 1 })
  })

  it('API-97: ls names the session, and its port leads to it', async () => {
    const port = (await shell.run(`tiltts ls --json | jq -r '.[0].port'`)).out.trim()
    expect(port).toMatch(/^\d+$/)
    expect(await shell.run(`cd / && tiltts get session Tiltfile -o name --port ${port}`)).toMatchObject({
      out: 'session.tilt.dev/Tiltfile\n',
    })
  })

  it('API-97: args choose what runs and what is edited', async () => {
    expect(await shell.run('tiltts args frontend api -- --to-edit frontend')).toMatchObject({ code: 0 })
    await session.until(() => session.dev.stdout().includes('frontend serves frontend'))
    const enabled = `tiltts get uiresources -o json | jq -r '[.items[] | select(.status.disableStatus.state == "Enabled") | .metadata.name] | sort | join(",")'`
    await expect.poll(async () => (await shell.run(enabled)).out, patience).toBe('(Tiltfile),api,frontend\n')
    await shell.run('tiltts args --clear')
  })
})
