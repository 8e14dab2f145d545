import { ApiFailure, type Client } from '@tiltts/client'
import { InfraError, isTiltError, type UIResource } from '@tiltts/spec'
import { plainText } from '../reporters/shown-text.js'
import { bounded } from './bounded.js'

/** Finds the session anew for each call, since one may start, end or start again meanwhile. */
export type UseSession = <T>(use: (client: Client) => Promise<T>) => Promise<T>

export interface ToolAnswer {
  readonly content: { readonly type: 'text'; readonly text: string }[]
  readonly isError?: boolean
  readonly [key: string]: unknown
}

/** The answer of a tool. What the session refuses is an answer, too: the agent can do something about it. */
export async function answered(work: () => Promise<string>): Promise<ToolAnswer> {
  try {
    return { content: [{ type: 'text', text: await work() }] }
  } catch (error) {
    if (!(error instanceof ApiFailure) && !isTiltError(error)) throw error
    return { content: [{ type: 'text', text: bounded(plainText(error.message)) }], isError: true }
  }
}

/** The row of a resource. Throws `session/unknown-resource` with the names there are. */
export async function getResource(client: Client, name: string): Promise<UIResource> {
  try {
    return await client.get('UIResource', name)
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.code !== 404) throw error
    const names = (await client.list('UIResource')).map((resource) => resource.metadata.name)
    const message = `The resource ${JSON.stringify(name)} does not exist. There are: ${names.slice(0, 100).join(', ')}`
    throw new InfraError('session/unknown-resource', 'session', message)
  }
}
