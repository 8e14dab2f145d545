import { execFile } from 'node:child_process'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { helperFile, helperPath } from '@tiltts/helper'
import type { ContainerChannel, HelperImage, PodContainerRef } from '@tiltts/runtime/ports'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { describeWithKubernetes } from '../../testing/needs-kubernetes.js'
import { busybox, type RealPods, realPods, registry } from '../testing/real-pods.js'
import { openPodContainer } from './open-pod-container.js'

const docker = promisify(execFile)
const never = new AbortController().signal
let h: RealPods
/** Nothing but one program, for its user. */
let bare = ''
let helper = ''
const images: string[] = []
const channels: ContainerChannel[] = []

async function build(name: string, lines: readonly string[]): Promise<string> {
  const ref = `${registry}/${h.namespace}-${name}`
  await writeFile(join(h.folder, 'Dockerfile'), ['FROM scratch', ...lines].join('\n'))
  await docker('docker', ['build', '--quiet', '--tag', ref, h.folder])
  await docker('docker', ['push', '--quiet', ref])
  images.push(ref)
  return ref
}

/** A pod of an image without shell, tar or helper. */
const start = (container: object = {}, spec: object = {}): Promise<PodContainerRef> =>
  h.start({ image: bare, command: ['/server', 'idle'], container, spec: { ...spec } })

interface Opened {
  readonly channel: ContainerChannel
  readonly said: string[]
}

async function into(pod: PodContainerRef, image?: HelperImage): Promise<Opened> {
  const said: string[] = []
  const beside = {
    image: async () => image ?? { ok: true as const, ref: helper },
    onAdd: (text: string) => void said.push(text),
  }
  const channel = await openPodContainer(h.deps, pod, never, { beside })
  channels.push(channel)
  return { channel, said }
}

const put = async ({ channel }: Opened, containerPath: string, text = 'text'): Promise<void> =>
  void (await channel.copy([{ localPath: await h.write('a', text), containerPath }], never))

async function holds({ channel }: Opened, path: string): Promise<string> {
  return (await channel.inspect([path], never)).get(path)?.kind ?? ''
}

async function besides({ pod }: PodContainerRef): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const manifest = JSON.parse(await h.kubectl(['get', 'pod', pod, '--output', 'json']))
  return manifest.spec.ephemeralContainers ?? []
}

describeWithKubernetes('a container of a foreign image that has nothing but its program', () => {
  beforeAll(async () => {
    h = await realPods()
    await copyFile(helperFile(process.arch === 'arm64' ? 'arm64' : 'amd64'), join(h.folder, 'helper'))
    await mkdir(join(h.folder, 'empty'))
    bare = await build('bare:1', [
      'COPY --chmod=755 helper /server',
      'COPY --chown=1234:1234 empty /app',
      'COPY --chown=1000:2000 empty /shared',
      'USER 1234:1234',
    ])
    helper = await build('helper:1', [`COPY --chmod=755 helper ${helperPath}`])
  }, 60_000)
  afterEach(async () => {
    await Promise.all(channels.splice(0).map((channel) => channel.close()))
  })
  afterAll(async () => {
    await docker('docker', ['rmi', '--force', ...images])
    await h.close()
  })

  it('LU-10: takes files in by a container beside it as its own user, which comes with the first of them', async () => {
    const pod = await start({ securityContext: { runAsUser: 1000, runAsGroup: 2000, capabilities: { drop: ['ALL'] } } })
    const opened = await into(pod)
    expect(await besides(pod)).toEqual([])
    await put(opened, '/shared/new/a')
    await opened.channel.copy([{ localPath: await h.link('l', '/shared/new'), containerPath: '/shared/l' }], never)
    await put(opened, '/shared/l/b')
    expect(await holds(opened, '/shared/new/b')).toBe('file')
    expect(await besides(pod)).toMatchObject([
      {
        image: helper,
        targetContainerName: 'main',
        securityContext: {
          runAsUser: 1000,
          runAsGroup: 2000,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
        },
      },
    ])
    expect(opened.said).toEqual([expect.stringMatching(new RegExp(`${helper}.* 1000:2000.*pod ${pod.pod}`))])
    await opened.channel.remove(['/shared/new'], never)
    expect(await holds(opened, '/shared/new')).toBe('absent')

    let output = ''
    const onOutput = (text: string): void => {
      output += text
    }
    expect(await opened.channel.run({ argv: ['/server', 'version'], onOutput }, never)).toEqual({ exitCode: 0 })
    expect(output).toMatch(/^\d+\n$/)
    await expect(opened.channel.run({ argv: ['sh', '-c', 'true'], onOutput }, never)).rejects.toMatchObject({
      code: 'container/run-failed',
    })
    expect(opened.channel.canRestartProcess).toBe(false)
    await expect(put(opened, '/app/a')).rejects.toThrow(/\/app\/a.*permission denied/)

    const again = await into(pod)
    await put(again, '/shared/again')
    expect(await besides(pod)).toHaveLength(1)
    expect(again.said).toEqual([])
  }, 60_000)

  it.each([
    ['named by its image alone', {}, {}],
    ['root', { securityContext: { runAsUser: 0 } }, {}],
    ['in a pod whose containers share their processes', {}, { shareProcessNamespace: true }],
  ])(
    'finds the user and the process of a target: %s',
    async (_, container, spec) => {
      const pod = await start(container, spec)
      const opened = await into(pod)
      await put(opened, '/app/a')
      expect(await holds(opened, '/app/a')).toBe('file')
      const root = { localPath: await h.write('program', ''), containerPath: '/server' }
      // That it is the root of the target, and not another one.
      if ('securityContext' in container) await opened.channel.copy([root], never)
      else await expect(opened.channel.copy([root], never)).rejects.toThrow('/server')
      expect((await besides(pod)).length).toBeLessThan(3)
    },
    60_000,
  )

  it.each([
    ['', {}],
    [', also where processes are shared', { shareProcessNamespace: true }],
  ])(
    'LU-03: follows a container that is restarted in its pod%s',
    async (_, shared) => {
      const pod = await start({}, { restartPolicy: 'Always', ...shared })
      const opened = await into(pod)
      await put(opened, '/app/a')
      const restarts = (): Promise<string> =>
        h.kubectl([
          'get',
          'pod',
          pod.pod,
          '--output',
          'jsonpath={.status.containerStatuses[0].restartCount}/{.status.containerStatuses[0].state.running.startedAt}',
        ])
      await endTarget(pod)
      for (let turn = 0; turn < 100 && !/^1\/./.test(await restarts()); turn++) await sleep(100)
      expect(await restarts()).toMatch(/^1\/./)
      await expect(put(opened, '/app/late')).rejects.toMatchObject({ code: 'container/channel-closed' })
      const after = await into(pod)
      expect(await holds(after, '/app/a')).toBe('absent')
      await put(after, '/app/b')
      expect(await holds(after, '/app/b')).toBe('file')
    },
    60_000,
  )

  it('LU-10: says why it takes none: read-only, no such image, no image at all, a policy', async () => {
    const readOnly = await into(await start({ securityContext: { readOnlyRootFilesystem: true } }))
    await expect(put(readOnly, '/app/a')).rejects.toThrow(/\/app\/a.*read-only file system/)

    const missing = await into(await start(), { ok: true, ref: `${registry}/none:1` })
    await expect(put(missing, '/app/a')).rejects.toThrow(/none:1.*ErrImagePull|none:1.*ImagePullBackOff/)

    const none = await into(await start(), { ok: false, reason: 'there is no registry' })
    await expect(put(none, '/app/a')).rejects.toThrow(
      'its image has no shell (sh), nor the helper of tiltts; there is no registry',
    )

    const refused = await into(await start({ securityContext: { runAsUser: 0 } }))
    await h.kubectl(['label', 'namespace', h.namespace, 'pod-security.kubernetes.io/enforce=restricted'])
    await expect(put(refused, '/app/a')).rejects.toThrow(new RegExp(`${helper}.*violates PodSecurity`))
  }, 60_000)
})

/** Ends the process of a container without a shell, by a container beside it that has one. */
async function endTarget({ pod }: PodContainerRef): Promise<void> {
  const script = 'kill -TERM $(pidof server)'
  await h.kubectl(['debug', `pod/${pod}`, '--image', busybox, '--target', 'main', '--quiet', '--', 'sh', '-c', script])
}
