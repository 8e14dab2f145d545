import type { LiveUpdateSpec } from '@tiltts/spec'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { liveUpdate, run, sync } from './live-update.test.support.js'
import { liveUpdateCovers } from './live-update-covers.js'
import { planLiveUpdate } from './plan-live-update.js'
import type { LiveUpdateFile, LiveUpdatePlan } from './types.js'

const part = fc.constantFrom('a', 'b', 'ab', 'c.ts')
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => `/w/${parts.join('/')}`)
/** Each sync has a target of its own, so that none overwrites what another put. */
const spec = fc
  .record({
    sources: fc.array(path, { minLength: 1, maxLength: 4 }),
    ignored: fc.array(fc.constantFrom('a', '**/b', '*.ts'), { maxLength: 2 }),
    stops: fc.array(path, { maxLength: 1 }),
  })
  .map(({ sources, ignored, stops }) =>
    liveUpdate(
      // The last one takes in what the others leave, so that most plans are carried out.
      [...sources, '/w'].map((source, index) => sync(source, `/target-${index}`, ...(index === 0 ? ignored : []))),
      { stopPaths: stops, runs: [run('always'), run('some', '/w/a')] },
    ),
  )

/** A tree of files and folders as it could stand on a disk: nothing lies below a file. */
const tree = fc.array(path, { maxLength: 8 }).map((files) => {
  const kept = new Map<string, 'file' | 'folder'>()
  for (const file of files) {
    if (kept.has(file) || foldersAbove(file).some((folder) => kept.get(folder) === 'file')) continue
    for (const folder of foldersAbove(file)) kept.set(folder, 'folder')
    kept.set(file, 'file')
  }
  return kept
})

function foldersAbove(of: string): readonly string[] {
  const parts = of.split('/').slice(2)
  return parts.slice(0, -1).map((_, index) => `/w/${parts.slice(0, index + 1).join('/')}`)
}

/** All paths that differ between two states of the disk, as they are in the second. */
function changesBetween(before: Tree, after: Tree): readonly LiveUpdateFile[] {
  const paths = new Set([...before.keys(), ...after.keys()])
  return [...paths]
    .filter((one) => after.get(one) === 'file' || before.get(one) !== after.get(one))
    .map((one) => ({ path: one, state: after.get(one) ?? 'gone' }))
}

type Tree = ReadonlyMap<string, 'file' | 'folder'>

/** Where each synced path stands in the container, by trying rule after rule. */
function inContainer(of: Tree, { syncs, stopPaths }: LiveUpdateSpec): ReadonlyMap<string, string> {
  const placed = new Map<string, string>()
  for (const [one, kind] of of) {
    if (stopPaths.some((stop) => one === stop || one.startsWith(`${stop}/`))) continue
    for (const { localPath, containerPath, ignores } of syncs) {
      if (one !== localPath && !one.startsWith(`${localPath}/`)) continue
      const below = one.slice(localPath.length + 1)
      const patterns = ignores.flatMap((rule) => rule.patterns)
      if (patterns.some((pattern) => naiveIgnores(pattern, below))) continue
      if (kind === 'file') placed.set(below === '' ? containerPath : `${containerPath}/${below}`, one)
      break
    }
  }
  return placed
}

function naiveIgnores(pattern: string, below: string): boolean {
  const [first = '', ...rest] = below.split('/')
  if (pattern === 'a') return first === 'a'
  if (pattern === '**/b') return [first, ...rest].includes('b')
  return first.endsWith('.ts')
}

/** What the container holds after the plan: path there → path here. Files replace folders only where they were removed. */
function after(plan: LiveUpdatePlan, before: ReadonlyMap<string, string>, disk: Tree): ReadonlyMap<string, string> {
  const files = new Map(before)
  if (plan.kind !== 'update') return files
  for (const gone of plan.remove)
    for (const present of [...files.keys()])
      if (present === gone || present.startsWith(`${gone}/`)) files.delete(present)
  for (const { localPath, containerPath } of plan.copy) {
    files.delete(containerPath)
    if (disk.get(localPath) === 'folder') continue
    const below = [...files.keys()].filter((present) => present.startsWith(`${containerPath}/`))
    expect(below, `${containerPath} is still a folder`).toEqual([])
    files.set(containerPath, localPath)
  }
  return files
}

test('LU-06: after an update the container holds just what the rules, tried one by one, put there', () => {
  fc.assert(
    fc.property(spec, tree, tree, (rules, before, now) => {
      const plan = planLiveUpdate(rules, changesBetween(before, now))
      fc.pre(plan.kind !== 'stop')
      const expected = inContainer(now, rules)
      expect(Object.fromEntries(after(plan, inContainer(before, rules), now))).toEqual(Object.fromEntries(expected))
    }),
    { numRuns: 600 },
  )
})

test('the order of the files does not matter, nor does naming some twice', () => {
  fc.assert(
    fc.property(spec, tree, tree, fc.infiniteStream(fc.nat()), (rules, before, now, keys) => {
      const files = changesBetween(before, now)
      const shuffled = [...files, ...files.slice(0, 2)]
        .map((file) => ({ file, key: keys.next().value ?? 0 }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ file }) => file)
      expect(planLiveUpdate(rules, shuffled)).toEqual(planLiveUpdate(rules, files))
    }),
  )
})

test('LU-05: what is covered by its paths stops for nothing but the source of a sync', () => {
  fc.assert(
    fc.property(spec, tree, tree, (rules, before, now) => {
      const files = changesBetween(before, now)
      const image = { name: 'i', deployed: true, inputs: ['/w'], liveUpdate: rules }
      const cover = liveUpdateCovers(
        [image],
        files.map((file) => file.path),
      )
      const plan = planLiveUpdate(rules, files)
      if (!cover.covered) expect(plan).toMatchObject({ kind: 'stop' })
      else if (plan.kind === 'stop') expect(plan.reason).toContain('the source of a sync, is gone')
    }),
  )
})

test('thousands of files at once take no more than their share of time', () => {
  const rules = liveUpdate(
    Array.from({ length: 10 }, (_, index) => sync(`/w/s${index}`, `/t${index}`, '**/*.log', 'node_modules')),
    { runs: [run('install', '/w/s1/package.json')], stopPaths: ['/w/s1/lock', '/w/s2/lock'] },
  )
  const files = Array.from(
    { length: 20_000 },
    (_, index): LiveUpdateFile => ({
      path: `/w/s${index % 10}/d${index % 100}/f${index}.ts`,
      state: index % 3 === 0 ? 'gone' : 'file',
    }),
  )
  const began = performance.now()
  expect(planLiveUpdate(rules, files)).toMatchObject({ kind: 'update' })
  expect(performance.now() - began).toBeLessThan(2_000)
})
