import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { until } from '../support/processes.js'
import { skipReason } from '../support/requires.js'
import { startTiltts } from '../support/tiltts.js'
import { listingScript, livePods } from './live-pods-world.js'

const skip = skipReason('docker', 'kubernetes')

const waits = 'trap "exit 0" TERM; while :; do sleep 1 & wait; done'
const dockerfile = `FROM busybox:latest\nWORKDIR /app\nCOPY src src\nCMD ["sh", "-c", ${JSON.stringify(waits)}]\n`
const files = { Dockerfile: dockerfile, 'src/a.txt': 'one' }
const toApp = "sync('api/src', '/app/src')"
const isBuilt = 'Building the image instead'

describe.skipIf(skip !== undefined)(
  `live updates of pods of a real cluster${skip ? ` (skipped: ${skip})` : ''}`,
  () => {
    it('LU-02, LU-07: three pods of two containers equal what is here: edits, deletes, kinds, commands, and an edit storm', async () => {
      const w = await livePods({
        files: { ...files, 'src/b.txt': 'b', 'src/deep/c.txt': 'c', 'src/dep': '1' },
        steps: `${toApp}, run('cat /app/src/dep >> /ran', { trigger: 'api/src/dep' })`,
        replicas: 3,
        containers: { main: {}, side: {} },
      })
      await w.start()
      const before = await w.pods()
      const same = (timeoutMs?: number): Promise<void> => w.all(listingScript('/app/src'), w.listing('src'), timeoutMs)
      w.write('src/a.txt', 'two')
      w.remove('src/b.txt')
      await same()
      w.remove('src/deep')
      w.write('src/deep', 'no folder any more')
      await same()
      w.remove('src/deep')
      w.write('src/deep/d/e.txt', 'a folder again')
      w.write('src/dep', '2')
      await same()
      await w.all('cat /ran', '2')
      const end = performance.now() + 3_000
      for (let edit = 0; edit < 300; edit++) {
        const name = `src/storm/${(edit * 7) % 20}.txt`
        if (edit % 41 === 40) w.remove(`src/storm/${((edit - 1) * 7) % 20}.txt`)
        else w.write(name, `edit ${edit}`)
        await sleep(Math.max(0, (end - performance.now()) / (300 - edit)))
      }
      await same(40_000)
      expect(await w.pods()).toEqual(before)
      expect(w.dev().stdout()).not.toContain(isBuilt)
    }, 180_000)

    it('LU-08: a pod without root takes files in, and its process goes on to write to its own', async () => {
      const owned = dockerfile.replace('COPY', 'COPY --chown=1000:1000')
      const w = await livePods({
        files: { ...files, Dockerfile: owned },
        steps: `${toApp}, run('id -u > /app/src/user')`,
        pod: { securityContext: { runAsUser: 1000, runAsGroup: 1000, runAsNonRoot: true } },
      })
      await w.start()
      w.write('src/a.txt', 'two')
      await w.all('cat /app/src/a.txt', 'two')
      w.write('src/new/b.txt', 'new')
      await w.all('cat /app/src/new/b.txt', 'new')
      expect(
        await w.sh('cd /app/src && echo more >> a.txt && echo more >> new/b.txt && cat a.txt new/b.txt user'),
      ).toBe('twomore\nnewmore\n1000')
      expect(w.dev().stdout()).not.toContain(isBuilt)
    }, 120_000)

    it('LU-10, LU-16: a read-only root takes files into an emptyDir, and says why it takes none elsewhere', async () => {
      const w = await livePods({
        files: { ...files, 'other/x.txt': 'x', Dockerfile: dockerfile.replace('COPY src src', 'COPY . .') },
        steps: `initialSync(), ${toApp}, sync('api/other', '/app/other')`,
        containers: {
          main: {
            securityContext: { readOnlyRootFilesystem: true },
            volumeMounts: [{ name: 'src', mountPath: '/app/src' }],
          },
        },
        pod: { volumes: [{ name: 'src', emptyDir: {} }] },
      })
      await w.start()
      await w.all('cat /app/src/a.txt', 'one')
      w.write('src/a.txt', 'two')
      await w.all('cat /app/src/a.txt', 'two')
      expect(w.dev().stdout()).not.toContain(isBuilt)
      const before = await w.pods()
      w.write('other/x.txt', 'y')
      await w.dev().printed(/[Rr]ead-only file system.*Building the image instead/, 20_000)
      await w.all('cat /app/other/x.txt /app/src/a.txt', 'ytwo', 60_000)
      expect(await w.pods()).not.toEqual(before)
    }, 180_000)

    it('LU-10: an image with a shell and without tar is built anew, which says what it lacks', async () => {
      const w = await livePods({
        files: {
          ...files,
          Dockerfile: dockerfile.replace('COPY', 'RUN rm -f /bin/tar /usr/bin/tar\nCOPY'),
        },
        steps: toApp,
      })
      await w.start()
      const before = await w.pods()
      w.write('src/a.txt', 'two')
      await w.dev().printed(/tar.*Building the image instead/, 20_000)
      await until('another pod runs', async () => !(await w.pods()).includes(before[0] ?? ''), 60_000)
      await until('it holds the edit', async () => (await w.sh('cat /app/src/a.txt')) === 'two', 30_000)
    }, 150_000)

    it('LU-03: a container that crashes has what was synced again, in the same pod', async () => {
      const w = await livePods({ files, steps: toApp, pod: { restartPolicy: 'Always' } })
      await w.start()
      const before = await w.pods()
      w.write('src/a.txt', 'two')
      await w.all('cat /app/src/a.txt', 'two')
      await w.sh('kill -TERM 1')
      const count = 'jsonpath={.items[0].status.containerStatuses[0].restartCount}'
      await until('it was restarted', async () => (await w.project.kubectl('get', 'pods', '-o', count)) === '1', 30_000)
      await w.all('cat /app/src/a.txt', 'two', 30_000)
      expect(await w.pods()).toEqual(before)
      expect(w.dev().stdout()).not.toContain(isBuilt)
    }, 150_000)

    it('LU-03: a pod that is deleted in mid-update hands the edit on to the one in its place', async () => {
      const w = await livePods({ files, steps: `${toApp}, run('echo began; sleep 3; echo over')` })
      await w.start()
      const [before = ''] = await w.pods()
      w.write('src/a.txt', 'two')
      await w.dev().printed('began', 20_000)
      await w.project.kubectl('delete', 'pod', before, '--grace-period=0', '--force')
      await w.all('cat /app/src/a.txt', 'two', 40_000)
      expect(await w.pods()).not.toContain(before)
      expect(w.dev().stdout()).not.toContain(isBuilt)
    }, 150_000)

    it('the next start corrects what an earlier session has left in a pod', async () => {
      const w = await livePods({ files, steps: toApp, replicas: 2 })
      await w.start()
      const before = await w.pods()
      w.write('src/a.txt', 'two')
      w.write('src/new.txt', 'new')
      await w.all(listingScript('/app/src'), './a.txt two\n./new.txt new')
      await w.stop()
      w.write('src/a.txt', 'one')
      w.remove('src/new.txt')
      await w.start()
      await w.all(listingScript('/app/src'), './a.txt one', 30_000)
      expect(await w.pods()).toEqual(before)
    }, 180_000)

    it('a run of ci judges pods of the image alone: those that were live-updated are replaced before it', async () => {
      const w = await livePods({ files, steps: toApp })
      await w.start()
      const [before = ''] = await w.pods()
      w.write('src/a.txt', 'two')
      await w.all('cat /app/src/a.txt', 'two')
      await w.stop()
      w.write('src/a.txt', 'one')
      const ci = startTiltts(w.project, ['ci', '--namespace', w.project.namespace, '--port', '0'])
      const { code, stdout } = await ci.finished
      expect(code).toBe(0)
      expect(stdout).toContain(`Replacing pod ${before}: it was live-updated`)
      expect(await w.pods()).not.toContain(before)
      expect(await w.sh('cat /app/src/a.txt')).toBe('one')
    }, 120_000)
  },
)
