import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { InfraError } from '@tiltts/spec'
import { type Document, isMap, isSeq, parseDocument } from 'yaml'
import { isSystemError } from '../system-error.js'
import { fileText } from './file-text.js'
import { tiltDevFolder } from './folders.js'
import { withLock } from './lock.js'

/** How a client of Kubernetes reaches a session. */
export interface KubeconfigEntry {
  /** Of context, cluster and user: see `contextName`. */
  readonly name: string
  readonly port: number
  /** PEM. */
  readonly certificate: string
  readonly token: string
}

/** The kubeconfig in which all sessions of a user stand. */
export function kubeconfigFile(env: NodeJS.ProcessEnv = process.env): string {
  return env['TILT_CONFIG'] || join(tiltDevFolder(env), 'config')
}

/** Adds a session to the file, in the place of one of the same name; the returned function takes it out again. */
export async function addToKubeconfig(file: string, entry: KubeconfigEntry): Promise<() => Promise<void>> {
  const { name, port, certificate, token } = entry
  await change(file, (document) => {
    remove(document, name)
    add(document, 'clusters', {
      name,
      cluster: {
        server: `https://127.0.0.1:${port}`,
        'certificate-authority-data': Buffer.from(certificate).toString('base64'),
      },
    })
    add(document, 'users', { name, user: { token } })
    add(document, 'contexts', { name, context: { cluster: name, user: name } })
    return true
  })
  return () => change(file, (document) => tokenOf(document, name) === token && remove(document, name))
}

const lists = ['clusters', 'users', 'contexts'] as const

/** Reads, changes and writes the file, one session after the other. All that others have written stays as it was. */
async function change(file: string, edit: (document: Document) => boolean): Promise<void> {
  try {
    mkdirSync(dirname(file), { recursive: true })
    await withLock(`${file}.tiltts.lock`, () => {
      const document = read(file)
      if (!edit(document)) return
      const fresh = `${file}.${process.pid}`
      writeFileSync(fresh, document.toString({ lineWidth: 0 }), { mode: 0o600 })
      renameSync(fresh, file)
    })
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw unusable(
      file,
      `cannot be changed, so clients of Kubernetes do not see how things are: ${error.message}`,
      error,
    )
  }
}

function read(file: string): Document {
  const document = parseDocument(fileText(file) || 'apiVersion: v1\nkind: Config\n')
  const wrong = document.errors[0]?.message ?? (isMap(document.contents) ? undefined : 'it is no mapping')
  if (wrong === undefined) return document
  throw unusable(file, `is not a kubeconfig, so clients of Kubernetes will not find this session: ${wrong}`)
}

function unusable(file: string, why: string, cause?: Error): InfraError {
  return new InfraError('session/kubeconfig', 'session', `${file} ${why}`, { cause })
}

function add(document: Document, list: (typeof lists)[number], entry: object): void {
  if (isSeq(document.get(list))) document.addIn([list], document.createNode(entry))
  else document.set(list, document.createNode([entry]))
}

/** Whether there was anything to remove. */
function remove(document: Document, name: string): boolean {
  let removed = false
  for (const list of lists) {
    const items = document.get(list)
    if (!isSeq(items)) continue
    const before = items.items.length
    items.items = items.items.filter((item) => !isMap(item) || item.get('name') !== name)
    removed ||= items.items.length < before
  }
  return removed
}

/** A session that began at the same port since has put another token there: the entry is its own. */
function tokenOf(document: Document, name: string): unknown {
  const users = document.get('users')
  const user = isSeq(users) ? users.items.find((item) => isMap(item) && item.get('name') === name) : undefined
  return isMap(user) ? user.getIn(['user', 'token']) : undefined
}
