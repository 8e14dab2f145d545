import { type IgnoredBy, type IgnoreRule, type Place, type Resource, wellKnown } from '@tiltts/spec'
import { ignorePath } from '../graph/ignore-path.js'
import { type Ignoring, ignoringRule } from '../paths/compile-ignore.js'
import { ephemeralIgnore } from '../paths/ephemeral.js'
import type { WhyView } from './types.js'

/** What may hold the text of an ignore rule: the text of a file, or `undefined` when there is none. */
export type ReadText = (path: string) => string | undefined

/** Where a rule may come from: what it is called, its rules, and where its text may stand. */
interface Origin {
  readonly name: string
  readonly rules: readonly IgnoreRule[]
  /** Files in .dockerignore syntax whose lines may be among the rules. */
  readonly files?: readonly string[] | undefined
  /** The call that the rules belong to. */
  readonly place?: Place | undefined
}

/** Says of paths which rule takes them away, and where that stands. */
export interface IgnoreFinder {
  /** By the rules of a watch. */
  inWatch(rules: readonly IgnoreRule[], path: string): IgnoredBy | undefined
  /** By the rules of a sync. */
  inSync(rules: readonly IgnoreRule[], path: string, place: Place | undefined): IgnoredBy | undefined
}

export function ignoreFinder(view: Pick<WhyView, 'store'>, readText: ReadText): IgnoreFinder {
  let origins: readonly Origin[] | undefined
  const found = (ignoring: Ignoring | undefined, among: readonly Origin[]): IgnoredBy | undefined =>
    ignoring && ignoredBy(ignoring, among, readText)
  return {
    inWatch(rules, path) {
      const ignoring = ignoringRule(rules, path)
      origins ??= ignoring && originsOf(view)
      return found(ignoring, origins ?? [])
    },
    inSync: (rules, path, place) =>
      found(ignoringRule(rules, path), [{ name: 'ignore of the sync', rules, ...(place && { place }) }]),
  }
}

function ignoredBy({ pattern, rule }: Ignoring, origins: readonly Origin[], readText: ReadText): IgnoredBy {
  const origin = origins.find(({ rules }) => rules.some((one) => isSame(one, rule)))
  const base = { pattern, folder: rule.basePath }
  for (const file of (origin?.files ?? []).map((path) => path.replace('<folder>', rule.basePath))) {
    const place = lineOf(file, readText(file), pattern)
    if (place !== undefined) return { ...base, origin: file.slice(file.lastIndexOf('/') + 1), place }
  }
  return { ...base, origin: origin?.name ?? 'what tiltts leaves out', ...(origin?.place && { place: origin.place }) }
}

/** The last line counts, as it does for the rule. */
function lineOf(file: string, text: string | undefined, pattern: string): Place | undefined {
  const index = text?.split(/\r?\n/).findLastIndex((line) => line.trim() === pattern) ?? -1
  return index < 0 ? undefined : { file, line: index + 1, column: 1 }
}

function originsOf({ store }: Pick<WhyView, 'store'>): readonly Origin[] {
  const everywhere = store.get('Tiltfile', wellKnown.tiltfile)?.status.live?.watchIgnores ?? []
  return [
    { name: 'files that tools make for a moment', rules: [ephemeralIgnore] },
    ...store.list('Resource').flatMap(ofResource),
    ...store.list('Image').flatMap(({ spec: { node } }): readonly Origin[] => {
      const dockerfile = node.build === 'docker' ? node.dockerfile.path : undefined
      const files = [...(dockerfile === undefined ? [] : [`${dockerfile}.dockerignore`]), '<folder>/.dockerignore']
      return [
        { name: `ignore of the image ${node.ref}`, rules: node.ignores, files, place: node.place },
        ...(dockerfile === undefined
          ? []
          : [{ name: `the Dockerfile of ${node.ref}, which the config reads`, rules: [ignorePath(dockerfile)] }]),
      ]
    }),
    { name: 'watchSettings', rules: everywhere, files: ['<folder>/.tiltignore'] },
  ]
}

function ofResource({ metadata: { name }, spec }: Resource): readonly Origin[] {
  const { local, compose, kubernetes, place } = spec
  return [
    { name: `ignore of ${name}`, rules: local?.ignores ?? [], place },
    { name: `outputs of ${name}`, rules: (local?.outputs ?? []).map(ignorePath), place },
    { name: `ignore of ${name}`, rules: kubernetes?.custom?.ignores ?? [], place },
    {
      name: `ignore of ${name}`,
      rules: compose?.service.build?.ignores ?? [],
      files: ['<folder>/.dockerignore'],
      place,
    },
    {
      name: `a mount of ${name}, where it is seen as it is`,
      rules: (compose?.service.mounts ?? []).map(ignorePath),
      place,
    },
  ]
}

function isSame(a: IgnoreRule, b: IgnoreRule): boolean {
  return (
    a.basePath === b.basePath &&
    a.patterns.length === b.patterns.length &&
    a.patterns.every((pattern, index) => pattern === b.patterns[index])
  )
}
