import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Pipe } from '../../../container-channel/pipe.js'
import { tarStream } from '../../../container-channel/tar-stream.js'
import { framedTarScript, openFramedTar } from './framed-tar.js'

let folder = ''
const open: { kill(): void }[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiltts-tar-'))
})
afterEach(async () => {
  for (const child of open.splice(0)) child.kill()
  await rm(folder, { recursive: true, force: true })
})

function localPipe(env: NodeJS.ProcessEnv = process.env): Pipe {
  const child = spawn('/bin/sh', ['-c', framedTarScript], { stdio: 'pipe', env })
  open.push(child)
  child.stdin.on('error', () => {})
  return {
    write: (data) =>
      new Promise((resolve, reject) => child.stdin.write(data, (error) => (error ? reject(error) : resolve()))),
    listen(onOutput) {
      child.stdout.on('data', (bytes: Buffer) => onOutput(bytes, 'stdout'))
      child.stderr.on('data', (bytes: Buffer) => onOutput(bytes, 'stderr'))
    },
    end: () => void child.stdin.end(),
    destroy: () => void child.kill(),
    closed: new Promise((resolve) => child.once('close', () => resolve())),
  }
}

it('LU-07: unpacks one stream after another, in frames, and says what one could not be unpacked for', async () => {
  const opened = await openFramedTar(localPipe())
  if (opened.kind !== 'open') throw new Error(opened.kind)
  const localPath = join(folder, 'local')
  const copy = async (size: number, name: string): ReturnType<typeof opened.tar.unpack> => {
    await writeFile(localPath, Buffer.alloc(size, 'tiltts'), { mode: 0o664 })
    const entry = { localPath, containerPath: join(folder, 'there', name) }
    const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
    return opened.tar.unpack(tarStream([entry], { longNames: 'gnu', ownerOf: () => owner }).bytes)
  }
  const fine = { kind: 'ended', exitCode: 0, said: '' }
  const long = `${'long/'.repeat(30)}${'n'.repeat(120)}`
  for (const size of [0, 10, 3_000_000]) {
    expect(await copy(size, long)).toEqual(fine)
    expect((await readFile(join(folder, 'there', long))).equals(Buffer.alloc(size, 'tiltts'))).toBe(true)
  }
  expect(await copy(5, 'a')).toEqual(fine)
  expect((await stat(join(folder, 'there/a'))).mode & 0o777).toBe((await stat(localPath)).mode & 0o777)
  expect(await copy(3_000_000, 'a/below')).toMatchObject({ kind: 'ended', said: expect.stringMatching(/\S/) })
  expect(await copy(5, 'b')).toEqual(fine)
})

it('says which program is missing', async () => {
  expect(await openFramedTar(localPipe({ PATH: folder }))).toEqual({ kind: 'missing', program: 'tar' })
})
