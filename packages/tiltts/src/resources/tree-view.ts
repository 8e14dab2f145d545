import type { UIResource } from '@tiltts/spec'

export interface TreeOptions {
  /** Only what is not ready, and what that waits for. */
  readonly blockers: boolean
  /** What stands under a resource is shown the first time only. */
  readonly dedupe: boolean
}

/** Resources above what they depend on, each with its state, and a line that counts the states. */
export function treeView(rows: readonly UIResource[], { blockers, dedupe }: TreeOptions): string {
  const shown = rows
    .toSorted((a, b) => a.status.order - b.status.order)
    .filter((row) => !blockers || !['ok', 'disabled'].includes(treeState(row)))
  const byName = new Map(shown.map((row) => [row.metadata.name, row]))
  const depsOf = (row: UIResource): readonly UIResource[] =>
    (row.status.resourceDeps ?? []).flatMap((name) => byName.get(name) ?? [])
  const needed = new Set(shown.flatMap((row) => depsOf(row).map((dep) => dep.metadata.name)))
  const seen = new Set<string>()
  const lines: string[] = []
  const add = (row: UIResource, lead: string, indent: string): void => {
    const { name } = row.metadata
    const deps = depsOf(row)
    const isKnown = dedupe && seen.has(name) && deps.length > 0
    seen.add(name)
    lines.push(`${lead}${name} (${treeState(row)})${isKnown ? ' …' : ''}`)
    if (isKnown) return
    for (const [i, dep] of deps.entries()) {
      const isLast = i === deps.length - 1
      add(dep, `${indent}${isLast ? '└─ ' : '├─ '}`, `${indent}${isLast ? '   ' : '│  '}`)
    }
  }
  for (const row of shown) if (!needed.has(row.metadata.name)) add(row, '', '')
  return [...lines, countLine(rows), ''].join('\n')
}

function countLine(rows: readonly UIResource[]): string {
  const states = rows.map(treeState)
  const counts = [...new Set(states)].map((state) => `${states.filter((each) => each === state).length} ${state}`)
  return `${rows.length} resources: ${counts.join(', ')}`
}

/** Where a resource stands, in one or two words. */
export function treeState({ status }: UIResource): string {
  const { updateStatus: update, runtimeStatus: runtime } = status
  if (status.disableStatus.state === 'Disabled') return 'disabled'
  if (update === 'in_progress') return 'building'
  if (update === 'error') return runtime === 'error' ? 'error' : 'build error'
  if (runtime === 'error') return 'runtime error'
  if (update === 'pending') return runtime === 'pending' ? 'pending' : 'build pending'
  if (runtime === 'pending') return 'starting'
  if (update === 'ok' || runtime === 'ok') return 'ok'
  return update === 'none' ? 'not started' : 'unknown'
}
