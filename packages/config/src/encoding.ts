import { type Call, reading } from './call/call.js'
import { describe } from './call/expect.js'
import { kindOf } from './handle.js'
import type { KeptYaml, Yaml as YamlHandle } from './kubernetes-object.js'
import { parseYamlStream, yaml } from './yaml-parser.js'

/**
 * JSON text of a value, indented by two spaces.
 *
 * @throws When the value has no JSON form: a function, a circle.
 */
export function encodeJson(value: unknown): string {
  const call = reading('encodeJson')
  let text: string | undefined
  try {
    text = JSON.stringify(value, null, 2)
  } catch (error) {
    throw call.failure('config/invalid-option', `encodeJson(): ${(error as Error).message}`)
  }
  if (text === undefined)
    throw call.failure('config/invalid-option', `encodeJson(): a ${typeof value} has no JSON form`)
  return text
}

/**
 * The value of a JSON text.
 *
 * @throws When it is not JSON, or holds more than one value.
 */
export function decodeJson<T = unknown>(text: string): T {
  const call = reading('decodeJson')
  try {
    return JSON.parse(text) as T
  } catch (error) {
    throw call.failure('config/invalid-option', `decodeJson(): this is not JSON: ${(error as Error).message}`)
  }
}

/** YAML text of a value, as Kubernetes reads it back. */
export function encodeYaml(value: unknown): string {
  reading('encodeYaml')
  return yaml().stringify(value, { compat: 'yaml-1.1' })
}

/** YAML text of several values, one document each. */
export function encodeYamlStream(values: readonly unknown[]): string {
  reading('encodeYamlStream')
  return values.map((value) => yaml().stringify(value, { compat: 'yaml-1.1' })).join('---\n')
}

/**
 * The value of a YAML text of one document, as Kubernetes reads it. An empty one is `null`.
 *
 * @throws When it is not YAML, or holds several documents (see {@link decodeYamlStream}).
 */
export function decodeYaml<T = unknown>(text: string | YamlHandle): T {
  const call = reading('decodeYaml')
  const values = decode(call, text)
  if (values.length > 1) {
    throw call.failure(
      'config/invalid-option',
      `decodeYaml(): this holds ${values.length} YAML documents`,
      'Use decodeYamlStream, which returns all of them',
    )
  }
  return (values[0] ?? null) as T
}

/**
 * The values of all documents of a YAML text that are not empty.
 *
 * @throws When it is not YAML.
 */
export function decodeYamlStream<T = unknown>(text: string | YamlHandle): readonly T[] {
  return decode(reading('decodeYamlStream'), text) as readonly T[]
}

function decode(call: Call, given: string | YamlHandle): readonly unknown[] {
  const parsed = parseYamlStream(textOf(call, given))
  if ('values' in parsed) return parsed.values
  throw call.failure('config/invalid-option', `${call.builder}(): this is not YAML: ${parsed.problem.message}`)
}

function textOf(call: Call, given: string | YamlHandle): string {
  if (typeof given === 'string') return given
  const source = kindOf(given) === 'yaml' ? (given as KeptYaml).source : undefined
  if (source?.type === 'text') return source.text
  throw call.failure(
    'config/invalid-option',
    source === undefined
      ? `${call.builder}(): expected a text, got ${describe(given)}`
      : `${call.builder}(): what ${source.type === 'filter' ? 'filterYaml' : source.type}() returns has no text yet`,
    source === undefined ? undefined : 'Write: await renderYaml(…)',
  )
}
