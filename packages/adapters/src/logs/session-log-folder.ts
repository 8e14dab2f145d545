import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isRunning, startTimeOf } from '../processes/process-table.js'

export interface SessionLogFolderOptions {
  /** So many sessions' folders are kept, this one included. @default 5 */
  readonly keep?: number | undefined
  /** The process that the folder lives with. @default this one */
  readonly pid?: number | undefined
}

const ownerFile = 'session.json'
/** How folders are named, so that nothing else is ever removed. */
const folderName = /^\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}\.\d{3}Z-\d+-[0-9a-f]{8}$/

/**
 * Makes the folder for the logs of a session, below `root`, and removes those of the oldest sessions that have ended.
 * A folder whose process still runs is kept, however many there are.
 *
 * @returns its absolute path
 */
export async function openSessionLogFolder(root: string, options: SessionLogFolderOptions = {}): Promise<string> {
  const { keep = 5, pid = process.pid } = options
  const name = `${new Date().toISOString().replaceAll(':', '-')}-${pid}-${randomBytes(4).toString('hex')}`
  const folder = join(root, name)
  // Under another name until it says whose it is, so that no session takes it for an abandoned one.
  const fresh = join(root, `.new-${name}`)
  await mkdir(fresh, { recursive: true, mode: 0o700 })
  await writeFile(join(fresh, ownerFile), JSON.stringify({ pid, processStart: startTimeOf(pid) }))
  await rename(fresh, folder)
  const others = (await readdir(root)).filter((other) => folderName.test(other) && other !== name).sort()
  for (const other of others.slice(0, Math.max(0, others.length - keep + 1))) {
    if (!(await isOwned(join(root, other)))) await rm(join(root, other), { recursive: true, force: true })
  }
  return folder
}

/** Whether the process that made the folder still runs. */
async function isOwned(folder: string): Promise<boolean> {
  let text: string
  try {
    text = await readFile(join(folder, ownerFile), 'utf8')
  } catch (error) {
    // Another session removes it at this moment.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
  const owner = parseOwner(text)
  if (owner === undefined || !isRunning(owner.pid)) return false
  // The number may belong to another process by now.
  return owner.processStart === undefined || owner.processStart === startTimeOf(owner.pid)
}

function parseOwner(text: string): { readonly pid: number; readonly processStart: string | undefined } | undefined {
  try {
    const { pid, processStart: start } = JSON.parse(text)
    return typeof pid === 'number' ? { pid, processStart: typeof start === 'string' ? start : undefined } : undefined
  } catch {
    // Half written by a process that died.
    return undefined
  }
}
