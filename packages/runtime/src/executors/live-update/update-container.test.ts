import type { LiveUpdateSpec } from '@tiltts/spec'
import { expect, it } from 'vitest'
import type { ContainerChannel } from '../../ports/container-channel.js'
import { fakeRecords } from '../../testing/fake-records.js'
import type { Channels } from './channels.js'
import { type ContainerFiles, syncedContainers } from './container-files.js'
import type { FileState } from './look-at-files.js'
import { updateContainer } from './update-container.js'

const never = new AbortController().signal
const spec: LiveUpdateSpec = {
  syncs: [{ localPath: '/src', containerPath: '/app', ignores: [] }],
  runs: [],
  stopPaths: [],
  initialSync: false,
  place: undefined,
}
const file = (hash: string): FileState => ({ path: '/src/a', state: 'file', hash, mode: 0o644 })
const gone: FileState = { path: '/src/a', state: 'gone', hash: undefined }

/** A container that holds what is copied into it of the files that are here at that moment. */
function container(here: Map<string, string>): { readonly channels: Channels; readonly holds: Map<string, string> } {
  const holds = new Map<string, string>()
  const channel: Pick<ContainerChannel, 'container' | 'canRestartProcess' | 'copy' | 'remove'> = {
    container: 'one',
    canRestartProcess: false,
    copy: async (entries) =>
      entries.map((entry) => {
        const hash = here.get(entry.localPath)
        if (hash !== undefined) holds.set(entry.containerPath, hash)
        return { ...entry, hash }
      }),
    remove: async (paths) => paths.forEach((path) => void holds.delete(path)),
  }
  const channels = { with: (_container: string, _signal: AbortSignal, work: Work) => work(channel as ContainerChannel) }
  return { channels: channels as unknown as Channels, holds }
}
type Work = (channel: ContainerChannel) => Promise<unknown>

it('LU-02: removes a file that vanished between the look at it and its copy, once that is told', async () => {
  const here = new Map([['/src/a', 'one']])
  const { channels, holds } = container(here)
  const known: ContainerFiles = await syncedContainers(fakeRecords(), 'p').of('one', {})
  const update = (state: FileState) =>
    updateContainer(
      { channels },
      { container: { id: 'one', name: 'one' }, spec, files: [state], known, log: () => {} },
      never,
    )
  expect(await update(file('one'))).toMatchObject({ kind: 'done', copied: 1 })
  here.delete('/src/a')
  await update(file('two'))
  expect([...holds]).toEqual([['/app/a', 'one']])
  expect(await update(gone)).toMatchObject({ kind: 'done', removed: 1 })
  expect([...holds]).toEqual([])
  expect(await update(gone)).toEqual({ kind: 'unchanged' })
})
