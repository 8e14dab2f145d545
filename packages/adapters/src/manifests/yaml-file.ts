import { kubectlYaml } from '@tiltts/spec'
import { parseDocument } from 'yaml'

/**
 * What a file of charts and kustomizations says; nothing when it cannot be parsed: then the tool that reads it says so,
 * with better words.
 */
export function yamlRecord(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {}
  const document = parseDocument(text, { ...kubectlYaml, logLevel: 'silent', uniqueKeys: false })
  if (document.errors.length > 0) return {}
  return recordOf(document.toJS() as unknown)
}

export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

/** The texts of a list; also when there is one instead of a list. */
export function textsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string' && one !== '')
}

export function recordsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(recordOf) : []
}
