import { ApiFailure, type Client } from '@tiltts/client'
import { InfraError } from '@tiltts/spec'
import { exitCode, type Flags, type Invocation } from '../cli/command.js'
import { withSession } from './connect.js'

/** The flag by which an answer is printed as it came. */
export const jsonFlag: Flags = { json: { type: 'boolean', help: 'print JSON' } }

/** A question to the session. */
export interface Question<T> {
  readonly ask: (client: Client) => Promise<T>
  /** The answer for people. */
  readonly show: (answer: T) => Promise<string>
}

/**
 * Asks the running session and prints its answer; paths below the present folder are shortened for people.
 * Throws `session/unknown-resource` where it knows no such resource.
 */
export function askSession<T>(invocation: Invocation, { ask, show }: Question<T>): Promise<number> {
  return withSession(invocation, async (client) => {
    const answer = await known(ask(client))
    const isJson = invocation.flags['json'] === true
    const text = isJson
      ? `${JSON.stringify(answer, undefined, 2)}\n`
      : (await show(answer)).replaceAll(`${process.cwd()}/`, '')
    process.stdout.write(text)
    return exitCode.ok
  })
}

async function known<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.code !== 404) throw error
    throw new InfraError('session/unknown-resource', 'session', error.message, { cause: error })
  }
}
