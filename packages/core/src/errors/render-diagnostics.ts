import { type Diagnostic, errorCatalogue, type Place } from '@tiltts/spec'
import { codeFrame } from './code-frame.js'
import { type Colours, coloursFor, withoutColours } from './colours.js'

export interface RenderOptions {
  readonly colour: boolean
  /** Files in this folder are named from here. Absolute; absent: files are named in full. */
  readonly cwd?: string | undefined
  /** Whether each begins with `error` or `warning`. A log has its level for that. @default true */
  readonly severity?: boolean | undefined
  /** Columns of the terminal. @default 100 */
  readonly width?: number | undefined
}

/** Places shown with their source; more are named only. */
const framedPlaces = 4

/**
 * All diagnostics as text for people: what happened, where, with the source around it, and what to do.
 * Ends with a line end; empty when there are none.
 */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  const colours = coloursFor(options.colour)
  return diagnostics.map((diagnostic) => `${renderOne(diagnostic, options, colours).join('\n')}\n`).join('\n')
}

function renderOne(diagnostic: Diagnostic, options: RenderOptions, colours: Colours): readonly string[] {
  const { severity, code, places } = diagnostic
  const message = options.colour ? diagnostic.message : withoutColours(diagnostic.message)
  const [first = '', ...more] = message.split(/\r?\n/)
  const paint = severity === 'error' ? colours.error : colours.warning
  const kind = options.severity === false ? '' : `${paint(severity)} `
  const out = [`${kind}${colours.faint(code)} ${colours.strong(first)}`]
  out.push(...more.map((line) => (line === '' ? '' : `  ${line}`)))
  places.forEach((place, index) => {
    const frame = index < framedPlaces ? codeFrame(place, colours, (options.width ?? 100) - 2) : []
    out.push(`  ${colours.place(placeText(place, options.cwd))}`, ...frame.map((line) => `  ${line}`))
  })
  const hint = (diagnostic.hint ?? errorCatalogue[code].hint).split(/\r?\n/)
  out.push(...hint.map((line, index) => (index === 0 ? `  ${colours.strong('hint:')} ${line}` : `        ${line}`)))
  return out
}

/** `tilt.config.ts:3:14`, as terminals and editors can open it. */
export function placeText(place: Place, cwd?: string): string {
  const root = cwd === undefined || cwd.endsWith('/') ? cwd : `${cwd}/`
  const file = root !== undefined && place.file.startsWith(root) ? place.file.slice(root.length) : place.file
  return `${file}:${place.line}:${place.column}`
}
