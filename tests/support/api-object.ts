import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SharedSession } from './shared-session.js'

/** What the session's API has at `configmaps/x` or `configmaps`; quicker than a command. */
export async function apiObject(session: SharedSession, path: string): Promise<Readonly<Record<string, unknown>>> {
  const [, port] = /http:\/\/localhost:(\d+)/.exec(session.dev.stdout()) ?? []
  const token = readFileSync(join(session.env['TILT_DEV_DIR'] ?? '', 'token'), 'utf8').trim()
  const url = `http://localhost:${port}/apis/tilt.dev/v1alpha1/${path}`
  const answer = await fetch(url, { headers: { 'x-tilt-token': token } })
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Readonly<Record<string, unknown>>
}
