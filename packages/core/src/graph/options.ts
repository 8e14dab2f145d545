import type { Diagnostic, GraphSpec, IgnoreRule, ImageNode, LinkSpec } from '@tiltts/spec'
import { malformedPatterns } from '../paths/compile-ignore.js'
import { type DeclaredNode, isKubernetes, isLocal } from './declared.js'
import { placesOf } from './places.js'

/** Labels, links and ignore patterns that cannot be used. */
export function checkOptions(graph: GraphSpec, nodes: readonly DeclaredNode[]): readonly Diagnostic[] {
  const global = malformedPatterns(graph.watchIgnores).map((pattern) => skipped(pattern, 'The ignore pattern', []))
  return [...nodes.flatMap(checkResource), ...graph.images.flatMap(checkImage), ...global]
}

function checkImage({ ref, ignores, place }: ImageNode): readonly Diagnostic[] {
  const patterns = new Set(malformedPatterns(ignores))
  return [...patterns].map((pattern) => skipped(pattern, `\`${ref}\`: the ignore pattern`, placesOf(place)))
}

function checkResource(node: DeclaredNode): readonly Diagnostic[] {
  const places = placesOf(node.place)
  const error = (message: string, hint: string): Diagnostic => ({
    code: 'config/invalid-option',
    severity: 'error',
    message: `\`${node.name}\`: ${message}`,
    places,
    hint,
  })
  return [
    ...node.labels
      .filter((label) => !isLabel(label))
      .map((label) => error(`${JSON.stringify(label)} cannot be a label`, labelHint)),
    ...node.links
      .filter((link) => completeLink(link) === undefined)
      .map((link) => error(`${JSON.stringify(link.url)} cannot be a link`, 'Write a URL: http://localhost:8080')),
    ...malformedPatterns(ignoresOf(node)).map((pattern) =>
      skipped(pattern, `\`${node.name}\`: the ignore pattern`, places),
    ),
  ]
}

function ignoresOf(node: DeclaredNode): readonly IgnoreRule[] {
  if (isLocal(node)) return node.ignores
  return (isKubernetes(node) ? node.custom?.ignores : undefined) ?? []
}

const labelHint = 'A label has at most 63 letters, digits, -, _ and ., and begins and ends with a letter or digit'

function isLabel(label: string): boolean {
  return label.length <= 63 && /^[a-z\d](?:[\w.-]*[a-z\d])?$/i.test(label)
}

/** The link with a scheme, `http` unless it has one; `undefined` when that makes no URL. */
export function completeLink(link: LinkSpec): LinkSpec | undefined {
  const hasScheme = /^[a-z][a-z\d+.-]*:(?:\/\/|(?!\d))/i.test(link.url)
  const url = hasScheme ? link.url : `http://${link.url.replace(/^\/\//, '')}`
  return link.url.trim() !== '' && URL.canParse(url) ? { ...link, url } : undefined
}

function skipped(pattern: string, what: string, places: Diagnostic['places']): Diagnostic {
  return {
    code: 'config/invalid-option',
    severity: 'warning',
    message: `${what} ${JSON.stringify(pattern)} is malformed and left out`,
    places,
    hint: 'Close the bracket, or write \\ before a character that shall mean itself',
  }
}
