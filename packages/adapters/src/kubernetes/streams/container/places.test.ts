import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { places } from './places.js'

it('LU-07: makes a folder ready before what is in it, whichever is found first here', async () => {
  const root = await mkdtemp(join(tmpdir(), 'tiltts-places-'))
  onTestFinished(() => rm(root, { recursive: true }))
  await mkdir(join(root, 'd'))
  await writeFile(join(root, 'd', 'file'), '')
  // A long way round, so that the folder is found last.
  const slow = `${root}/${'d/../'.repeat(700)}d`
  const entries = [
    { localPath: slow, containerPath: '/app/d' },
    { localPath: join(root, 'd', 'file'), containerPath: '/app/d/file' },
  ]
  for (let turn = 0; turn < 50; turn++) {
    const asked: string[] = []
    await places({ name: 'main', system: 'kubernetes' }).prepare(entries, async (argv, onOutput) => {
      asked.push(...argv.slice(4))
      onOutput('nn\n', 'stdout')
      return { kind: 'ended', exitCode: 0 }
    })
    expect(asked).toEqual(['d/app/d', 'f/app/d/file'])
  }
})
