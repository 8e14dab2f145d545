import { execFile } from 'node:child_process'
import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { helperFile, helperPath, wrapArgv } from '@tiltts/helper'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWithKubernetes } from '../../testing/needs-kubernetes.js'
import { busybox, type RealPods, realPods, registry } from '../testing/real-pods.js'
import { openPodContainer } from './open-pod-container.js'

const docker = promisify(execFile)
const never = new AbortController().signal
let h: RealPods
let image = ''

/** An image of a few programs and the helper: no shell, no tar, no rm. */
async function bareImage(): Promise<string> {
  const name = `${registry}/${h.namespace}:bare`
  await copyFile(helperFile(process.arch === 'arm64' ? 'arm64' : 'amd64'), join(h.folder, 'helper'))
  const dockerfile = [
    `FROM ${busybox}`,
    'RUN mkdir -m 777 /work',
    `RUN for f in /bin/*; do case "\${f##*/}" in busybox|sleep|cat|printf|id) ;; *) busybox rm -f "$f";; esac; done`,
    `COPY --chmod=755 helper ${helperPath}`,
  ]
  await writeFile(join(h.folder, 'Dockerfile'), dockerfile.join('\n'))
  await docker('docker', ['build', '--quiet', '--tag', name, h.folder])
  await docker('docker', ['push', '--quiet', name])
  return name
}

describeWithKubernetes('a container of a pod with the helper', () => {
  beforeAll(async () => {
    h = await realPods()
    image = await bareImage()
  }, 60_000)
  afterAll(async () => {
    await docker('docker', ['rmi', '--force', image])
    await h.close()
  })

  it('UPD-01: does everything by the helper, as the user of the container', async () => {
    const container = { securityContext: { runAsUser: 1000 } }
    const pod = await h.start({ image, command: ['/bin/sleep', '100000'], container })
    const channel = await openPodContainer(h.deps, pod, never)
    expect(channel.canRestartProcess).toBe(false)
    const entries = [
      { localPath: await h.write('a', 'A', 0o755), containerPath: '/work/new/a' },
      { localPath: await h.link('l', '../a'), containerPath: '/work/new/l' },
    ]
    const sent = await channel.copy(entries, never)
    const found = await channel.inspect(['/work/new/a', '/work/new/l', '/work/new', '/none'], never)
    expect([...found.values()]).toEqual([
      { kind: 'file', hash: sent[0]?.hash },
      { kind: 'link', hash: sent[1]?.hash },
      { kind: 'folder' },
      { kind: 'absent' },
    ])
    let output = ''
    const onOutput = (text: string): void => {
      output += text
    }
    expect(await channel.run({ argv: ['/bin/id', '-u'], onOutput }, never)).toEqual({ exitCode: 0 })
    expect(output).toBe('1000\n')
    await channel.remove(['/work/new', '/none'], never)
    expect((await channel.inspect(['/work/new'], never)).get('/work/new')).toEqual({ kind: 'absent' })
    await channel.close()
  })

  it('restarts the wrapped process in place', async () => {
    const command = wrapArgv(['/bin/printf', 'started\\n'], { onExit: 'stay' })
    const pod = await h.start({ image, command })
    const started = async (): Promise<number> => (await h.kubectl(['logs', pod.pod])).split('started').length - 1
    for (let turn = 0; turn < 50 && (await started()) < 1; turn++) await sleep(50)
    const channel = await openPodContainer(h.deps, pod, never)
    expect(channel.canRestartProcess).toBe(true)
    await channel.restartProcess(never)
    for (let turn = 0; turn < 50 && (await started()) < 2; turn++) await sleep(50)
    expect(await started()).toBe(2)
    await h.kubectl(['delete', 'pod', pod.pod, '--now'])
    await expect(channel.restartProcess(never)).rejects.toMatchObject({ code: 'container/channel-closed' })
  })
})
