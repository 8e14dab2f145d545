import type { Client, LogOptions } from '@tiltts/client'
import { whyText } from '../terminal/why-text.js'
import { asData } from './as-data.js'
import { type Bounds, defaultBounds } from './bounded.js'
import { resourceDetails } from './resource-facts.js'
import { getResource } from './session-call.js'

/** What tells the most important first. */
export const fromStart: Bounds = { ...defaultBounds, keep: 'start' }

/** How a resource stands, as data. Throws `session/unknown-resource`. */
export async function statusData(client: Client, name: string): Promise<string> {
  const found = await getResource(client, name)
  return asData(`state of ${name}`, JSON.stringify(resourceDetails(found), null, 2))
}

/** What a resource waits for, and why its last update ran, as data. */
export async function whyData(client: Client, name: string, bounds: Bounds = fromStart): Promise<string> {
  return asData(`reasons of ${name}`, whyText(await client.why(name)), bounds)
}

export interface LogChoice extends Pick<LogOptions, 'resources' | 'source' | 'level' | 'since'> {
  readonly bounds: Bounds
}

/** The newest lines of the log, each with the name of its resource, as data. Throws `session/unknown-resource`. */
export async function logData(client: Client, { bounds, ...choice }: LogChoice): Promise<string> {
  for (const resource of choice.resources ?? []) await getResource(client, resource)
  const texts: string[] = []
  for await (const batch of client.logs({ ...choice, tail: bounds.lines }))
    for (const { resource, message } of batch) texts.push(resource === '' ? message : `${resource} │ ${message}`)
  return asData('log', texts.join('\n'), bounds)
}
