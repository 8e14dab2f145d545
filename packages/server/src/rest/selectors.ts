import { ApiError } from './api-error.js'
import { isObject, type WireObject } from './wire-object.js'

type Matches = (object: WireObject) => boolean

/** What `labelSelector` and `fieldSelector` of a request let through. Throws an ApiError 400 for what is no selector. */
export function selectorOf(labels: string | undefined, fields: string | undefined): Matches {
  const all = [...requirements(labels, 'labelSelector', labelOf), ...requirements(fields, 'fieldSelector', fieldOf)]
  return (object) => all.every((matches) => matches(object))
}

/** The one name that a field selector asks for, when it does; a watch of one object is served by its name. */
export function selectedName(fields: string | undefined): string | undefined {
  return /^metadata\.name==?([^,!]+)$/.exec(fields ?? '')?.[1]
}

type Read = (object: WireObject, key: string) => string | undefined

const labelOf: Read = (object, key) => {
  const labels = object.metadata['labels']
  const value = isObject(labels) ? labels[key] : undefined
  return typeof value === 'string' ? value : undefined
}

/** The scalar at a dotted path, as text. */
const fieldOf: Read = (object, path) => {
  let value: unknown = object
  for (const key of path.split('.')) value = isObject(value) ? value[key] : undefined
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value)
}

function* requirements(text: string | undefined, parameter: string, read: Read): Generator<Matches> {
  for (const part of split(text ?? '')) {
    const wrong = new ApiError(400, 'BadRequest', `${parameter}: "${part}" is not understood`)
    const set = /^([^\s!=,()]+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(part)
    const compare = /^([^\s!=,()]+)\s*(==|=|!=)\s*([^\s!=,()]*|\(Tiltfile\))$/.exec(part)
    const exists = /^(!?)\s*([^\s!=,()]+)$/.exec(part)
    if (set) {
      const [, key = '', operator, list = ''] = set
      const values = new Set(list.split(',').map((value) => value.trim()))
      yield (object) => {
        const value = read(object, key)
        return operator === 'in' ? value !== undefined && values.has(value) : value === undefined || !values.has(value)
      }
    } else if (compare) {
      const [, key = '', operator, wanted = ''] = compare
      yield (object) => (read(object, key) === wanted) === (operator !== '!=')
    } else if (exists && parameter === 'labelSelector') {
      const [, not, key = ''] = exists
      yield (object) => (read(object, key) === undefined) === (not === '!')
    } else throw wrong
  }
}

/** At commas, but those in parentheses. */
function split(text: string): readonly string[] {
  const parts = text.match(/(?:[^,(]|\([^)]*\))+/g) ?? []
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}
