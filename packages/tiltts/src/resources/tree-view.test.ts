import type { RuntimeState, UIResource, UpdateState } from '@tiltts/spec'
import { expect, it } from 'vitest'
import { treeState, treeView } from './tree-view.js'

const row = (
  name: string,
  update: UpdateState,
  runtime: RuntimeState,
  resourceDeps: readonly string[] = [],
): UIResource =>
  ({
    metadata: { name },
    status: {
      order: 0,
      updateStatus: update,
      runtimeStatus: runtime,
      resourceDeps,
      disableStatus: { state: 'Enabled' },
    },
  }) as unknown as UIResource

const rows = [
  row('db', 'ok', 'ok'),
  row('cache', 'in_progress', 'pending', ['db']),
  row('api', 'pending', 'pending', ['db', 'cache']),
  row('web', 'error', 'ok', ['api', 'cache']),
]

it('CLI-86: shows each resource above what it depends on, with its state, and counts the states', () => {
  expect(treeView(rows, { blockers: false, dedupe: false })).toBe(`web (build error)
├─ api (pending)
│  ├─ db (ok)
│  └─ cache (building)
│     └─ db (ok)
└─ cache (building)
   └─ db (ok)
4 resources: 1 ok, 1 building, 1 pending, 1 build error
`)
})

it('CLI-86: leaves out what is ready with --blockers, and what was shown with --dedupe', () => {
  expect(treeView(rows, { blockers: true, dedupe: false })).toContain(
    'web (build error)\n├─ api (pending)\n│  └─ cache',
  )
  expect(treeView(rows, { blockers: true, dedupe: false })).not.toContain('db')
  expect(treeView(rows, { blockers: false, dedupe: true })).toContain('└─ cache (building) …\n4 resources')
})

it.each([
  ['none', 'none', 'not started'],
  ['ok', 'pending', 'starting'],
  ['ok', 'error', 'runtime error'],
  ['error', 'error', 'error'],
  ['pending', 'ok', 'build pending'],
  ['not_applicable', 'ok', 'ok'],
  ['not_applicable', 'unknown', 'unknown'],
] as const)('CLI-86: names update %s and runtime %s as %s', (update, runtime, state) => {
  expect(treeState(row('x', update, runtime))).toBe(state)
})
