// `pnpm bench [local|docker|kubernetes|api|row…]`: every figure beside its floor of the same run. With --write, the tables in
// docs/performance.md of which all rows were measured are renewed.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { followRows } from './api/follow.js'
import { getRows } from './api/get.js'
import { listRows } from './api/list.js'
import { watcherRows } from './api/watchers.js'
import { dockerCheckoutRows } from './docker/checkout.js'
import { dockerEditRows } from './docker/edit.js'
import { dockerLargeContextRows } from './docker/large-context.js'
import { dockerRebuildRows } from './docker/rebuild.js'
import { dockerSecondStartRows } from './docker/second-start.js'
import { kubernetesEditRows } from './kubernetes/edit.js'
import { kubernetesMemoryRows } from './kubernetes/memory.js'
import { kubernetesRebuildRows } from './kubernetes/rebuild.js'
import { kubernetesReplacedPodRows } from './kubernetes/replaced-pod.js'
import { kubernetesStartRows } from './kubernetes/start.js'
import { configEditRows } from './rows/config-edit.js'
import { editRows } from './rows/edit.js'
import { idleRows } from './rows/idle.js'
import { logLineRows } from './rows/log-lines.js'
import { noOpRows } from './rows/no-op.js'
import { serviceRows } from './rows/services.js'
import { tidyUp, tidyUpWhenInterrupted } from './support/cleanup.js'
import { root } from './support/project.js'
import type { BenchRow } from './support/stats.js'

type Measure = () => Promise<readonly BenchRow[]>

const tables: Readonly<Record<string, Readonly<Record<string, Measure>>>> = {
  local: {
    edit: editRows,
    'no-op': noOpRows,
    logs: logLineRows,
    config: configEditRows,
    services: serviceRows,
    idle: idleRows,
  },
  docker: {
    'docker-edit': dockerEditRows,
    'docker-checkout': dockerCheckoutRows,
    'docker-rebuild': dockerRebuildRows,
    'docker-start': dockerSecondStartRows,
    'docker-context': dockerLargeContextRows,
  },
  kubernetes: {
    'kubernetes-edit': kubernetesEditRows,
    'kubernetes-rebuild': kubernetesRebuildRows,
    'kubernetes-start': kubernetesStartRows,
    'kubernetes-replaced': kubernetesReplacedPodRows,
    'kubernetes-memory': kubernetesMemoryRows,
  },
  api: { get: getRows, list: listRows, watchers: watcherRows, follow: followRows },
}

const words = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const asked = new Set(
  (words.length === 0 ? ['local'] : words).flatMap((word) => Object.keys(tables[word] ?? { [word]: 0 })),
)
const known = Object.values(tables).flatMap((rows) => Object.keys(rows))
for (const name of asked) {
  if (known.includes(name)) continue
  throw new Error(`There is no row '${name}'; there are: ${[...Object.keys(tables), ...known].join(', ')}`)
}

execFileSync(process.execPath, [join(root, 'scripts/bundle.mjs')], { stdio: 'inherit' })
tidyUpWhenInterrupted()
try {
  for (const [name, rows] of Object.entries(tables)) await measureTable(name, rows)
} finally {
  tidyUp()
}

async function measureTable(name: string, rows: Readonly<Record<string, Measure>>): Promise<void> {
  const chosen = Object.entries(rows).filter(([row]) => asked.has(row))
  if (chosen.length === 0) return
  const results: BenchRow[] = []
  for (const [, measure] of chosen) {
    for (const row of await measure()) {
      results.push(row)
      console.log(
        `${row.met ? 'met   ' : 'MISSED'}  ${row.what}: ${row.measured} (goal ${row.goal}; floor ${row.floor})`,
      )
    }
  }
  const table = tableOf(results)
  console.log(`\n${table}\n`)
  if (!process.argv.includes('--write') || chosen.length < Object.keys(rows).length) return
  const file = join(root, 'docs/performance.md')
  const block = new RegExp(`(<!-- bench:${name} -->\\n)[\\s\\S]*?(<!-- /bench -->)`)
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(block, (_, begin, end) => `${begin}${table}\n${end}`),
  )
}

function tableOf(results: readonly BenchRow[]): string {
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${process.platform}`
  return [
    `Measured on ${machine}, ${new Date().toISOString().slice(0, 10)}.`,
    '',
    '| what | goal | measured | floor, same run | |',
    '|---|---|---|---|---|',
    ...results.map(
      (row) => `| ${row.what} | ${row.goal} | ${row.measured} | ${row.floor} | ${row.met ? 'met' : '**missed**'} |`,
    ),
  ].join('\n')
}
