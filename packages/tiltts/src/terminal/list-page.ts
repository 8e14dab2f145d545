import pc from 'picocolors'
import { type Row, type RowState, shortDuration } from './row.js'
import { fit, pad } from './text.js'

export interface ListPage {
  readonly rows: readonly Row[]
  readonly selected: number
  /** Rows above the window that are not shown. */
  readonly scroll: number
  /** Complaints about the config, rendered; shown above the rows. */
  readonly problems: string
  /** About the session, one line or two: version, config, address. */
  readonly title: string
  /** One line about what was just done. */
  readonly notice: string
}

export interface Size {
  readonly columns: number
  readonly lines: number
}

const symbols: Readonly<Record<RowState, string>> = {
  ready: '●',
  done: '✓',
  failed: '✗',
  updating: '◐',
  starting: '◌',
  waiting: '…',
  idle: '○',
  disabled: '–',
}

const colours: Readonly<Record<RowState, (text: string) => string>> = {
  ready: pc.green,
  done: pc.green,
  failed: pc.red,
  updating: pc.yellow,
  starting: pc.yellow,
  waiting: pc.dim,
  idle: pc.dim,
  disabled: pc.dim,
}

/** Mark, symbol, state and duration of a row, with the blanks between. */
const columnsBesideName = 4 + 2 + 9 + 8

const keys = '↑↓ select  ⏎ log  a all logs  t trigger  s stop  q quit  ␣ page  b link'

/** The whole screen, a string a line: a row a resource, calm and without flicker, since only changed lines are drawn. */
export function listPage(page: ListPage, size: Size): readonly string[] {
  const title = page.title.split('\n').map((line) => pc.bold(fit(line, size.columns)))
  const head = [...title, ...problemLines(page.problems, size), '']
  const foot = ['', summaryLine(page.rows), pc.dim(fit(page.notice === '' ? keys : page.notice, size.columns))]
  const room = Math.max(1, size.lines - head.length - foot.length)
  const names = Math.max(
    1,
    Math.min(32, size.columns - columnsBesideName, Math.max(8, ...page.rows.map((row) => row.name.length))),
  )
  const rows = page.rows
    .slice(page.scroll, page.scroll + room)
    .map((row, i) => rowLine(row, page.scroll + i === page.selected, names, size.columns))
  return [...head, ...rows, ...Array<string>(Math.max(0, room - rows.length)).fill(''), ...foot]
}

/** How many rows fit, so that the selected one can be kept in view. */
export function roomFor(page: Pick<ListPage, 'problems' | 'title'>, size: Size): number {
  return Math.max(1, size.lines - 4 - page.title.split('\n').length - problemLines(page.problems, size).length)
}

function rowLine(row: Row, selected: boolean, names: number, columns: number): string {
  const colour = colours[row.state]
  const duration = row.durationMs === undefined ? '' : shortDuration(row.durationMs)
  const left = `${selected ? '›' : ' '} ${colour(symbols[row.state])} ${selected ? pc.bold(pad(fit(row.name, names), names)) : pad(fit(row.name, names), names)}`
  const middle = `${colour(pad(row.state, 9))}${pad(duration, 8)}`
  return `${left}  ${middle}${pc.dim(fit(row.detail, columns - columnsBesideName - names))}`
}

function summaryLine(rows: readonly Row[]): string {
  const count = (...states: RowState[]): number => rows.filter((row) => states.includes(row.state)).length
  const parts = [
    pc.green(`${count('ready', 'done')} ready`),
    count('updating', 'starting', 'waiting') > 0 && pc.yellow(`${count('updating', 'starting', 'waiting')} on the way`),
    count('failed') > 0 && pc.red(`${count('failed')} failed`),
    count('disabled', 'idle') > 0 && pc.dim(`${count('disabled', 'idle')} not running`),
  ]
  return parts.filter((part) => part !== false).join('  ')
}

/** At most half the screen. */
function problemLines(problems: string, size: Size): readonly string[] {
  if (problems === '') return []
  const lines = problems.split('\n')
  const room = Math.floor(size.lines / 2)
  return [
    '',
    ...(lines.length <= room
      ? lines
      : [...lines.slice(0, room - 1), pc.dim(`… ${lines.length - room + 1} more lines`)]),
  ]
}
