import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { exitCode, type Invocation } from '../cli/command.js'
import { textFlag } from '../cli/parse.js'
import { UsageError } from '../cli/usage-error.js'
import { command as dev } from '../commands/dev.js'
import { command as down } from '../commands/down.js'
import { packageFolder } from '../version.js'
import { sampleProject } from './sample.js'

const run = promisify(execFile)

/** What a demo makes begins with it: folders, compose projects, images. */
const prefix = 'tiltts-demo-'

/** Runs a sample project, or that of a repository, until it is ended; then all of it is gone. */
export async function runDemo(invocation: Invocation): Promise<number> {
  const repo = textFlag(invocation, 'repo')
  const file = textFlag(invocation, 'file')
  if (repo !== undefined && file !== undefined) throw new UsageError('--repo and --file are two projects')
  const folder = file === undefined ? await makeProject(repo) : undefined
  const flags = { ...invocation.flags, 'delete-volumes': true }
  const home = process.cwd()
  try {
    if (folder !== undefined) {
      process.stdout.write(`The project is in ${folder}. Look at it, change it; it is removed at the end.\n`)
      process.chdir(folder)
    }
    const code = await dev.run(invocation)
    const downCode = await down.run({ ...invocation, flags })
    // Who ends a demo has seen what there was to see.
    if (code !== exitCode.interrupted && code !== exitCode.ok) return code
    return downCode
  } finally {
    process.chdir(home)
    if (folder !== undefined) {
      await removeImages(`${nameOf(folder)}/*`)
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

/** Removes what demos that were killed have left. */
export async function tearDown(): Promise<number> {
  const { stdout } = await docker('compose', 'ls', '--all', '--quiet')
  const projects = stdout.split('\n').filter((name) => name.startsWith(prefix))
  for (const name of projects) await docker('compose', '--project-name', name, 'down', '--volumes', '--remove-orphans')
  await removeImages(`${prefix}*/*`)
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith(prefix))
  for (const name of folders) rmSync(join(tmpdir(), name), { recursive: true, force: true })
  const left = [...new Set([...projects, ...folders])]
  process.stdout.write(left.length === 0 ? 'There is nothing left of any demo\n' : `Removed: ${left.join(', ')}\n`)
  return exitCode.ok
}

async function makeProject(repo: string | undefined): Promise<string> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `${prefix}${randomBytes(2).toString('hex')}`)))
  if (repo !== undefined) {
    await clone(repo, folder)
    return folder
  }
  const files = sampleProject({ name: nameOf(folder), port: await freePort() })
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(packageFolder.replace(/\/$/, ''), join(folder, 'node_modules/tiltts'), 'junction')
  return folder
}

async function clone(repo: string, folder: string): Promise<void> {
  try {
    await run('git', ['clone', '--quiet', '--depth', '1', '--', repo, folder])
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw new UsageError(`${repo} could not be cloned: ${(error as Error).message}`)
  }
}

/** Names of compose projects and images have no capital letters. */
const nameOf = (folder: string): string => folder.slice(folder.lastIndexOf(prefix)).toLowerCase()

async function removeImages(pattern: string): Promise<void> {
  const { stdout } = await docker('images', '--format', '{{.Repository}}:{{.Tag}}', '--filter', `reference=${pattern}`)
  const images = stdout.split('\n').filter((line) => line !== '')
  if (images.length > 0) await docker('image', 'rm', '--force', ...images)
}

async function docker(...args: readonly string[]): Promise<{ readonly stdout: string }> {
  try {
    return await run('docker', [...args])
  } catch (error) {
    throw new UsageError(`docker ${args.join(' ')} failed: ${(error as Error).message}`)
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}
