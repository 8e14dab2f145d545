import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { KindInfo } from '@tiltts/spec'
import { UsageError } from '../cli/usage-error.js'
import { kindOfWord } from '../reading/kinds.js'
import { type ApiDocument, isObject } from './api-document.js'

/** One object that the user has written down. */
export interface Manifest {
  readonly info: KindInfo
  readonly document: ApiDocument
}

/**
 * All objects of files, folders, URLs and, as `-`, of standard input; in YAML or JSON, several a file, lists taken apart.
 * Throws a UsageError that names the source of what cannot be read. @param recursive whether folders in folders count
 */
export async function readManifests(
  sources: readonly string[],
  { recursive = false }: { readonly recursive?: boolean } = {},
): Promise<readonly Manifest[]> {
  const all: Manifest[] = []
  for (const source of sources)
    for (const { from, text } of await textsOf(source, recursive)) all.push(...(await parseManifests(text, from)))
  if (all.length === 0) throw new UsageError('no objects passed', `There is none in: ${sources.join(', ')}`)
  return all
}

interface Source {
  readonly from: string
  readonly text: string
}

async function textsOf(source: string, recursive: boolean): Promise<readonly Source[]> {
  if (source === '-') return [{ from: 'standard input', text: await standardInput() }]
  if (/^https?:\/\//.test(source)) return [{ from: source, text: await download(source) }]
  try {
    if (!statSync(source).isDirectory()) return [{ from: source, text: readFileSync(source, 'utf8') }]
    return filesOf(source, recursive).map((file) => ({ from: file, text: readFileSync(file, 'utf8') }))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    throw new UsageError(`${source} cannot be read: ${(error as Error).message}`)
  }
}

/** As kubectl: what is named .json, .yaml or .yml, in the order of names. */
function filesOf(folder: string, recursive: boolean): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return recursive ? filesOf(path, true) : []
      return /\.(json|ya?ml)$/.test(entry.name) ? [path] : []
    })
}

async function standardInput(): Promise<string> {
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk
  return text
}

/** How long a server may take to send a file, in milliseconds. */
const downloadTimeout = 30_000

async function download(url: string): Promise<string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(downloadTimeout) })
    if (answer.ok) return await answer.text()
    throw new Error(`the server says ${answer.status} ${answer.statusText}`)
  } catch (error) {
    const { message, cause } = error as Error
    throw new UsageError(`${url} cannot be read: ${cause instanceof Error ? cause.message : message}`)
  }
}

/** The objects of a text. Throws a UsageError. @param from where it comes from, for messages */
export async function parseManifests(text: string, from: string): Promise<readonly Manifest[]> {
  const { parseAllDocuments } = await import('./yaml.js')
  const documents = parseAllDocuments(text)
  const all = Array.isArray(documents) ? documents : []
  return all.flatMap((document) => {
    const [wrong] = document.errors
    if (wrong !== undefined) throw new UsageError(`error parsing ${from}: ${wrong.message}`)
    const value: unknown = document.toJS()
    return value === null || value === undefined ? [] : manifestsOf(value, from)
  })
}

function manifestsOf(value: unknown, from: string): readonly Manifest[] {
  if (!isObject(value))
    throw new UsageError(`error parsing ${from}: an object is expected, not ${JSON.stringify(value)}`)
  const { apiVersion, kind, items, metadata } = value
  if (typeof kind !== 'string' || kind === '') throw new UsageError(`error parsing ${from}: Object 'Kind' is missing`)
  if (kind.endsWith('List') && Array.isArray(items)) return items.flatMap((item) => manifestsOf(item, from))
  if (apiVersion !== 'tilt.dev/v1alpha1')
    throw new UsageError(
      `${from}: no matches for kind "${kind}" in version "${apiVersion ?? ''}"`,
      'Objects of a session have the apiVersion tilt.dev/v1alpha1. Those of a cluster belong in the config: k8sYaml.',
    )
  if (!isObject(metadata)) throw new UsageError(`error parsing ${from}: ${kind} has no metadata`)
  return [{ info: kindOfWord(kind), document: value as unknown as ApiDocument }]
}
