import type { LogLevel } from '@tiltts/spec'
import { jsonLevel } from './json-level.js'
import { wordLevel } from './level-words.js'

/** Only the beginning of a line is judged: a level stands before the message. */
const judged = 400
/** How far into a line a level may stand. */
const header = 160

const escapeCode = '\x1b'
const escapes = new RegExp(`${escapeCode}\\[[0-9;:]*[A-Za-z]`, 'g')
const logfmt = /(?:^|\s)(?:level|lvl|severity|loglevel|log_level|log\.level)=("?)([a-z]+)\1(?![\w=])/i
const klog = /^([IWEF])\d{4} \d{2}:\d{2}:\d{2}\b/
const capitals =
  /(?<![\w./$@#=-])(?:TRACE|TRC|DEBUG|DBG|VERBOSE|INFO?|NOTICE|WARN|WARNING|WRN|ERR!?|ERROR|FATAL|CRITICAL|CRIT|D?PANIC|EMERG|ALERT|SEVERE)(?![\w/=.-])/g
const bracketed = /[[<|]\s*([a-z]+)\s*[\]>|]/gi
const labelled =
  /(?:^|[\s\])|:>])((?:[\w$]+\.){0,20}[A-Z]\w{0,80}(?:Error|Exception|Warning)|[Ff]atal error|[Ee]rror|[Ww]arn(?:ing)?|[Ff]atal|[Pp]anic|crit|fail)(?:\[[\w:/-]+\]| [A-Z]{1,4}\d+|\(\w+\))?:(?=\s|$)/g
const npm = /^npm (?:(ERR!|error)|WARN|warn)\s/
const yarn = /^(?:(error)|warning) (?=[A-Z"@]|package\.json)/
const crash = /^(?:Exception in thread |Traceback \(most recent call last\)|thread '.{0,80}' panicked at )/

/**
 * The level that the text of one line shows: its JSON or `level=` field, its klog head, a level word where loggers
 * and compilers put it. Never below `info`, so that no output of a command is hidden by default. A level word inside
 * a sentence, a path or a count (`0 errors`) does not count.
 */
export function lineLevel(line: string): LogLevel {
  const text = line.slice(0, judged).replace(escapes, '').trim()
  if (text.startsWith('{')) return jsonLevel(line.trim()) ?? 'info'
  const field = logfmt.exec(text)?.[2]
  if (field !== undefined) return wordLevel(field) ?? 'info'
  const letter = klog.exec(text)?.[1]
  if (letter !== undefined) return letter === 'I' ? 'info' : letter === 'W' ? 'warn' : 'error'
  if (crash.test(text)) return 'error'
  const tool = npm.exec(text) ?? yarn.exec(text)
  if (tool !== null) return tool[1] === undefined ? 'warn' : 'error'
  return bracketLevel(text) ?? capitalLevel(text) ?? labelLevel(text) ?? 'info'
}

/** `[error]`, `<warn>`, `| ERROR |`: the first bracketed word that is a level. */
function bracketLevel(text: string): LogLevel | undefined {
  for (const found of text.slice(0, header).matchAll(bracketed)) {
    const level = wordLevel(found[1] ?? '')
    if (level !== undefined) return level
  }
  return undefined
}

/** `2026-01-02 10:00:00 ERROR message`: the first level word in capitals, unless it stands inside a sentence. */
function capitalLevel(text: string): LogLevel | undefined {
  for (const found of text.slice(0, header).matchAll(capitals)) {
    if (!isMessage(text.slice(found.index + found[0].length))) continue
    if (isCount(text.slice(0, found.index)) || plainWords(text.slice(0, found.index)).length > 3) continue
    return wordLevel(found[0])
  }
  return undefined
}

/** `error: message`, `TypeError: message`, `a.ts(1,2): error TS2304: message`, `warning: message`. */
function labelLevel(text: string): LogLevel | undefined {
  for (const found of text.slice(0, header).matchAll(labelled)) {
    const label = found[1] ?? ''
    const start = found.index + found[0].indexOf(label)
    if (!isMessage(text.slice(start + label.length)) || !beginsLine(text.slice(0, start))) continue
    return /^warn|Warning$/i.test(label) ? 'warn' : 'error'
  }
  return undefined
}

/** Whether what follows a level word is a message, and not a count or an empty value. */
function isMessage(after: string): boolean {
  return !/^\s*[:=]\s*(?:\d+|none|null|nil|true|false|no|undefined)\s*(?:$|[,;)}])/i.test(after)
}

function isCount(before: string): boolean {
  return /(?:^|[\s(,])(?:0|no|zero|without|any)\s+$/i.test(before)
}

/** Whether only time stamps, names in brackets, places and the like stand before, or the head of a sentence. */
function beginsLine(before: string): boolean {
  const words = plainWords(before)
  if (words.length === 0) return true
  const [first = ''] = words
  return words.length <= 3 && /^(?:[A-Z]|npm$|internal$|in$)/.test(first) && !isCount(before)
}

/** Words of a sentence: only letters, outside brackets, not followed by a colon or a bar. */
function plainWords(text: string): readonly string[] {
  return text.replace(/\[[^\]]*\]|\([^)]*\)/g, ' ').match(/(?<!\S)[a-z']+(?=\s+(?![|:])|$)/gi) ?? []
}
