import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SharedSession } from './shared-session.js'

/** What the session's API has at `configmaps/x` or `configmaps`; quicker than a command. */
export function apiObject(session: SharedSession, path: string): Promise<Readonly<Record<string, unknown>>> {
  return apiCall(session, 'GET', path)
}

/** One request to the session's API. Rejects with the answer when it is refused. */
export async function apiCall(
  session: SharedSession,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
): Promise<Readonly<Record<string, unknown>>> {
  const [, port] = /http:\/\/localhost:(\d+)/.exec(session.dev.stdout()) ?? []
  const token = readFileSync(join(session.env['TILT_DEV_DIR'] ?? '', 'token'), 'utf8').trim()
  const url = `http://localhost:${port}/apis/tilt.dev/v1alpha1/${path}`
  const headers = { 'x-tilt-token': token, 'content-type': 'application/json' }
  const answer = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Readonly<Record<string, unknown>>
}
