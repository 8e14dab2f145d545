import { type CatalogueCode, InfraError } from '@tiltts/spec'
import { fieldsOf } from './fields.js'

/** How a kind of request is told of when it failed. */
export interface FailureWords {
  readonly code: CatalogueCode
  /** `cannot write /app/a.ts`; the path is `''` when the agent names none. */
  readonly sentence: (path: string) => string
}

/** The agent's `failed` frame as an error; `details` has the system's code, and the path when one is known. */
export function failureOf(words: FailureWords, payload: Uint8Array): InfraError {
  const fields = fieldsOf(payload)
  const errno = fields.text()
  const path = fields.text()
  const message = `${words.sentence(path)}: ${fields.text()} (${errno})`
  return new InfraError(words.code, 'container', message, { details: path === '' ? { errno } : { errno, path } })
}

/** The end of the channel; trying again needs a new one. */
export function channelClosed(why: string): InfraError {
  const message = 'the way into the container was closed'
  return new InfraError('container/channel-closed', 'container', why === '' ? message : `${message}: ${why}`, {
    retry: true,
  })
}
