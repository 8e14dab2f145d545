// `pnpm bench [row…]`: every figure beside its floor of the same run. With --write, the table of docs/performance.md is renewed.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { configEditRows } from './rows/config-edit.js'
import { editRows } from './rows/edit.js'
import { idleRows } from './rows/idle.js'
import { logLineRows } from './rows/log-lines.js'
import { noOpRows } from './rows/no-op.js'
import { serviceRows } from './rows/services.js'
import { root } from './support/project.js'
import type { BenchRow } from './support/stats.js'

const rows: Readonly<Record<string, () => Promise<readonly BenchRow[]>>> = {
  edit: editRows,
  'no-op': noOpRows,
  logs: logLineRows,
  config: configEditRows,
  services: serviceRows,
  idle: idleRows,
}

execFileSync(process.execPath, [join(root, 'scripts/bundle.mjs')], { stdio: 'inherit' })
const asked = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const chosen = asked.length === 0 ? Object.keys(rows) : asked
const results: BenchRow[] = []
for (const name of chosen) {
  const measure = rows[name]
  if (measure === undefined) throw new Error(`There is no row '${name}'; there are: ${Object.keys(rows).join(', ')}`)
  for (const row of await measure()) {
    results.push(row)
    console.log(`${row.met ? 'met   ' : 'MISSED'}  ${row.what}: ${row.measured} (goal ${row.goal}; floor ${row.floor})`)
  }
}

const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${process.platform}`
const table = [
  `Measured on ${machine}, ${new Date().toISOString().slice(0, 10)}.`,
  '',
  '| what | goal | measured | floor, same run | |',
  '|---|---|---|---|---|',
  ...results.map(
    (row) => `| ${row.what} | ${row.goal} | ${row.measured} | ${row.floor} | ${row.met ? 'met' : '**missed**'} |`,
  ),
].join('\n')
console.log(`\n${table}`)
if (process.argv.includes('--write')) {
  const file = join(root, 'docs/performance.md')
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace(/(<!-- bench:local -->\n)[\s\S]*?(\n<!-- \/bench -->)/, `$1${table}$2`))
}
