import type { Call } from '../call/call.js'
import { describe } from '../call/expect.js'

/** Why a text cannot name an image, and what to write instead where that is known. */
export interface RefProblem {
  readonly reason: string
  readonly hint?: string | undefined
}

const segment = /^[a-z\d]+(?:(?:[._]|__|-+)[a-z\d]+)*$/
const label = '[a-zA-Z\\d](?:[a-zA-Z\\d-]*[a-zA-Z\\d])?'
const registryHost = new RegExp(`^(?:${label}(?:\\.${label})*|\\[[a-fA-F\\d:]+\\])(?::\\d+)?$`)
/** Behind the registry, written out: `library/busybox`. */
const maxLength = 255

/**
 * Looks at a text as Docker does before it takes it for the name of an image: `[registry/]path[:tag]`.
 *
 * @returns What is wrong with it; `undefined` when it can be built and tagged.
 */
export function refProblem(text: string): RefProblem | undefined {
  if (text === '') return { reason: 'it is empty' }
  if (/\s/.test(text)) return { reason: 'it holds a space or a line break' }
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(text)) {
    return { reason: 'it is a URL', hint: `Leave the scheme out: '${text.replace(/^[^:]*:\/\//, '')}'` }
  }
  if (text.includes('@')) {
    return { reason: 'a digest names an image that is there already', hint: 'Give it a tag, or neither' }
  }
  const { name, tag } = splitTag(text)
  return (tag === undefined ? undefined : tagProblem(tag)) ?? nameProblem(text, name)
}

/** What stands behind the last `:` is a tag, unless it is the port of a registry. */
function splitTag(text: string): { readonly name: string; readonly tag: string | undefined } {
  const colon = text.lastIndexOf(':')
  if (colon < 0 || colon < text.lastIndexOf('/')) return { name: text, tag: undefined }
  return { name: text.slice(0, colon), tag: text.slice(colon + 1) }
}

/** What is wrong with a tag alone. */
export function tagProblem(tag: string): RefProblem | undefined {
  if (/^\w[\w.-]{0,127}$/.test(tag)) return undefined
  const reason = tag.length > 128 ? 'its tag is longer than 128 characters' : `${describe(tag)} is no tag`
  return { reason, hint: 'A tag is made of letters, digits, _, . and -, and begins with neither . nor -' }
}

function nameProblem(text: string, name: string): RefProblem | undefined {
  const slash = name.indexOf('/')
  const first = name.slice(0, Math.max(slash, 0))
  const isHost = slash >= 0 && (/[.:A-Z]/.test(first) || first === 'localhost')
  const path = isHost ? name.slice(slash + 1) : name
  // what is no host, but fits into a path, is taken as part of the path
  if (isHost && !registryHost.test(first) && !segment.test(first))
    return { reason: `${describe(first)} is no host of a registry` }
  if (path === '') return { reason: isHost ? 'no name stands behind the registry' : 'it has no name' }
  if (path !== path.toLowerCase()) {
    // a host that is one for its capitals only was meant as part of the name
    const rest = /[.:]/.test(first) ? path : name
    const small = text.replace(rest, rest.toLowerCase())
    return { reason: 'it holds upper-case letters', hint: `Write it in lower case: '${small}'` }
  }
  const bad = path.split('/').find((part) => !segment.test(part))
  if (bad !== undefined) return { reason: bad === '' ? 'a / is too many' : `${describe(bad)} is no part of a name` }
  const isOfficial = !path.includes('/') && (!isHost || first === 'docker.io')
  if ((isOfficial ? `library/${path}` : path).length > maxLength) {
    return { reason: `its name is longer than ${maxLength} characters` }
  }
  if (/^[a-f\d]{64}$/.test(name)) return { reason: 'it is the id of an image' }
  return undefined
}

/** Whether a value names an image. A bad one is recorded as an error. */
export function isImageRef(call: Call, subject: string, ref: unknown): ref is string {
  const problem = typeof ref === 'string' ? refProblem(ref) : { reason: 'it is no text' }
  if (problem === undefined) return true
  call.error(
    'config/invalid-image',
    `${subject}: ${describe(ref)} cannot name an image: ${problem.reason}`,
    problem.hint,
  )
  return false
}
