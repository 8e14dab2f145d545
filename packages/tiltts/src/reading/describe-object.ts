import { goText, sortedEntries } from '@tiltts/core/jsonpath'
import type { WireObject } from './objects.js'
import { createTabWriter, descriptionLayout } from './tab-writer.js'

/** What is not said again below the head. */
const inHead: ReadonlySet<string> = new Set([
  '.metadata.managedFields',
  '.metadata.name',
  '.metadata.namespace',
  '.metadata.labels',
  '.metadata.annotations',
])

/** All that an object says, for people, as kubectl describes objects of kinds that it does not know. */
export function describeObject(object: WireObject): string {
  const { name, labels = {}, annotations = {} } = object.metadata
  const text = [
    `Name:\t${name}`,
    'Namespace:\t',
    ...headed(
      'Labels',
      sortedEntries(labels).map(([key, value]) => `\t${key}=${value}`),
    ),
    ...annotationLines(annotations),
    ...fieldLines(object, 0, ''),
  ].join('\n')
  return createTabWriter(descriptionLayout).layOut(text.split('\n'))
}

function fieldLines(fields: object, level: number, path: string): readonly string[] {
  const indent = '  '.repeat(level)
  return sortedEntries(fields).flatMap(([key, value]) => {
    const place = `${path}.${key}`
    if (inHead.has(place)) return []
    const label = `${indent}${labelOf(key)}:`
    if (Array.isArray(value)) {
      const items = value.flatMap((item) =>
        isRecord(item) ? fieldLines(item, level + 1, place) : [`${indent}  ${shown(item)}`],
      )
      return [label, ...items]
    }
    if (isRecord(value)) return [label, ...fieldLines(value, level + 1, place)]
    return [`${label}\t${shown(value)}`]
  })
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'
const longest = 140

function annotationLines(annotations: Readonly<Record<string, string>>): readonly string[] {
  const lines = sortedEntries(annotations)
    .filter(([key]) => key !== lastApplied)
    .flatMap(([key, value]) => {
      const text = String(value).replace(/\n$/, '')
      if (text.length + key.length + 2 <= longest && !text.includes('\n')) return [`\t${key}: ${text}`]
      return [`\t${key}:`, ...text.split('\n').map((line) => `\t  ${shortened(line, longest - 2)}`)]
    })
  return headed('Annotations', lines)
}

const shortened = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length)}...` : text

const headed = (title: string, [first = '\t<none>', ...rest]: readonly string[]): readonly string[] => [
  `${title}:${first}`,
  ...rest,
]

const acronyms: ReadonlySet<string> = new Set(['API', 'URL', 'UID', 'OSB', 'GUID'])

/** `lastDeployTime` is `Last Deploy Time`; a key that is no plain word stays as it is. */
function labelOf(key: string): string {
  if (!/^[\p{L}-]*$/u.test(key)) return key
  return (key.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|-+|[\p{L}]/gu) ?? [])
    .map((word) =>
      acronyms.has(word.toUpperCase()) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1),
    )
    .join(' ')
}

/** Control characters that would act on the terminal are shown as what they are. */
function shown(value: unknown): string {
  return goText(value).replaceAll('\x1b', '^[').replaceAll('\r', '\\r')
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
