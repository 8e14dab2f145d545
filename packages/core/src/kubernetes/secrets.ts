import type { KubernetesManifest, SecretSpec } from '@tiltts/spec'
import { isRecord } from './tree.js'

/**
 * What an object keeps secret, to be scrubbed from all logs: the values of a Secret, those of `data` as they are behind the
 * base64, or as they stand there when they are no text. Nothing for other objects.
 */
export function secretsOf({ apiVersion, kind, metadata, ...fields }: KubernetesManifest): readonly SecretSpec[] {
  if (kind !== 'Secret' || apiVersion !== 'v1') return []
  const found = (part: unknown, textOf: (text: string) => string): readonly SecretSpec[] =>
    Object.entries(isRecord(part) ? part : {}).flatMap(([key, text]) => {
      const value = typeof text === 'string' ? textOf(text) : ''
      return value === '' ? [] : [{ value, replacement: `[redacted secret ${metadata.name}:${key}]` }]
    })
  return [...found(fields['data'], decoded), ...found(fields['stringData'], (text) => text)]
}

function decoded(base64: string): string {
  try {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // neither base64 nor a text: what can show in a log is what stands in the manifest
    return base64.trim()
  }
}
