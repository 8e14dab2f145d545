import { shortDuration } from '../terminal/row.js'
import type { CiResource, CiRun } from './ci-run.js'
import { failureText } from './failure-text.js'
import { plainText, shortened } from './shown-text.js'

/** GitHub takes a megabyte of each step, and nothing of a step that has more. */
const mostFailures = 30
const mostRows = 1_000
const longestFailure = 8_000
const longestCell = 300

/** A run as the summary of a job: Markdown with a table of the resources, then what has failed. */
export function githubSummary(run: CiRun): string {
  const head = run.result === 'succeeded' ? '✅ tiltts ci succeeded' : `❌ tiltts ci: ${run.result.replace('-', ' ')}`
  const config = run.config.durationMs === undefined ? '' : `, config ${shortDuration(run.config.durationMs)}`
  const lines = [`### ${head}`, '', `Total ${shortDuration(run.durationMs)}${config}`, '']
  if (run.reason !== '') lines.push(pre(shortened(run.reason, longestFailure)), '')
  // What is not well comes first where not all can be shown.
  const byResult = [...run.resources].sort((a, b) => Number(b.result === 'failed') - Number(a.result === 'failed'))
  const shown = run.resources.length > mostRows ? byResult.slice(0, mostRows) : run.resources
  if (shown.length > 0)
    lines.push('| | resource | state | duration | steps |', '|---|---|---|---|---|', ...shown.map(row), '')
  if (shown.length < run.resources.length) lines.push(`And ${run.resources.length - shown.length} more.`, '')
  const failed = run.resources.filter(({ result }) => result === 'failed')
  for (const resource of failed.slice(0, mostFailures)) {
    const text = shortened(failureText(resource), longestFailure)
    lines.push(`<details open><summary>${cell(resource.name)}</summary>`, '', pre(text), '', '</details>', '')
  }
  if (failed.length > mostFailures) lines.push(`And ${failed.length - mostFailures} more failures.`, '')
  return `${lines.join('\n')}\n`
}

const marks: Readonly<Record<CiResource['result'], string>> = { passed: '✅', failed: '❌', skipped: '⏭️' }

function row({ name, result, state, detail, durationMs, updates }: CiResource): string {
  const steps = updates
    .flatMap((update) => update.steps)
    .map((step) => `${step.name} ${shortDuration(step.durationMs)}`)
  const what = detail === undefined || detail.startsWith(state) ? (detail ?? state) : `${state}: ${detail}`
  const duration = durationMs === undefined ? '' : shortDuration(durationMs)
  return `| ${[marks[result], cell(name), cell(what), duration, cell(steps.join(', '))].join(' | ')} |`
}

/** Text of others within one cell of a table: it must neither end the cell nor be read as markup. */
function cell(text: string): string {
  return escaped(shortened(text, longestCell))
    .replace(/\s+/g, ' ')
    .replace(/[|\\`*_[\]~#@:]/g, (found) => `&#${found.charCodeAt(0)};`)
}

/** Blank lines would end the block, so each line end is one of HTML's own. */
function pre(text: string): string {
  return `<pre>${escaped(text).replaceAll('\n', '&#10;')}</pre>`
}

function escaped(text: string): string {
  return plainText(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
