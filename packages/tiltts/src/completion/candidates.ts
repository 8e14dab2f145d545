import type { Kind } from '@tiltts/spec'
import { type Command, type Flag, type Flags, parseOptions } from '../cli/command.js'
import { commandIndex } from '../cli/command-index.js'
import { globalFlags, plainWords } from '../cli/parse.js'
import { findCommand, visibleCommands } from '../commands/registry.js'
import { clientKinds, kindOfWord } from '../reading/kinds.js'
import { shells } from './scripts.js'

/** What a word can be, and what that means. */
export interface Candidate {
  readonly value: string
  readonly help?: string | undefined
}

/** Names of objects of the session that is meant; none when none runs. */
export type NamesOf = (kind: Kind) => Promise<readonly string[]>

/** What the last of these words can be. The words are those after `tiltts`; the last may be unfinished or empty. */
export async function candidates(words: readonly string[], namesOf: NamesOf): Promise<readonly Candidate[]> {
  const current = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  if (before.includes('--')) return []
  const at = commandIndex(before)
  if (at === undefined)
    return startingWith(current, current.startsWith('-') ? flagCandidates(globalFlags) : commandCandidates())
  const [name, entry] = findCommand(before[at] ?? '') ?? []
  if (name === undefined || entry === undefined) return []
  const { command } = await entry.load()
  const flags = { ...command.flags, ...globalFlags }
  const said = before.slice(at + 1)
  const open = flagOf(flags, said.at(-1) ?? '')
  if (open?.type === 'string') return startingWith(current, valueCandidates(open))
  if (current.startsWith('-')) return startingWith(current, flagCandidates(flags))
  return startingWith(current, await wordCandidates(name, command, said, current, namesOf))
}

const startingWith = (current: string, all: readonly Candidate[]): readonly Candidate[] =>
  all.filter(({ value }) => value.startsWith(current))

const commandCandidates = (): readonly Candidate[] =>
  Object.entries(visibleCommands()).map(([value, { summary }]) => ({ value, help: summary }))

const flagCandidates = (flags: Flags): readonly Candidate[] =>
  Object.entries(flags).map(([name, { help }]) => ({ value: `--${name}`, help }))

function flagOf(flags: Flags, word: string): Flag | undefined {
  if (word.startsWith('--')) return flags[word.slice(2)]
  if (!/^-\w$/.test(word)) return undefined
  return Object.values(flags).find(({ short }) => short === word[1])
}

/** The help of a flag lists its values: `logs of: all, build or runtime`. */
function valueCandidates({ help }: Flag): readonly Candidate[] {
  const list = /: ((?:[\w-]+(?: \([^)]*\))?,? (?:or )?)*[\w-]+)$/.exec(help)?.[1]
  return (list ?? '')
    .split(/, | or /)
    .filter((value) => /^[\w-]+$/.test(value))
    .map((value) => ({ value }))
}

const ofResources: ReadonlySet<string> = new Set(['trigger', 'enable', 'disable', 'logs', 'why'])
const ofObjects: ReadonlySet<string> = new Set(['get', 'describe', 'wait', 'edit', 'patch', 'delete'])

async function wordCandidates(
  name: string,
  command: Command,
  said: readonly string[],
  current: string,
  namesOf: NamesOf,
): Promise<readonly Candidate[]> {
  if (ofResources.has(name)) return (await namesOf('UIResource')).map((value) => ({ value }))
  if (name === 'completion') return shells.map((value) => ({ value }))
  if (name === 'help') return commandCandidates()
  const kinds = clientKinds.map(({ plural, kind }) => ({ value: plural, help: kind }))
  if (name === 'explain') return kinds
  const words = plainWords(said, parseOptions(command.flags))
  if (ofObjects.has(name)) return objectCandidates(words, current, namesOf, kinds)
  return words.length === 0 ? wordsOfUsage(command.usage) : []
}

/** Words that stand for themselves: `engine | webview`, `create [file] | view <file>`. */
function wordsOfUsage(usage: string): readonly Candidate[] {
  const firsts = usage.split(' | ').map((way) => way.split(' ')[0] ?? '')
  return firsts.filter((word) => /^[a-z][a-z-]*$/.test(word)).map((value) => ({ value }))
}

async function objectCandidates(
  words: readonly string[],
  current: string,
  namesOf: NamesOf,
  kinds: readonly Candidate[],
): Promise<readonly Candidate[]> {
  const [type] = words
  const slash = current.indexOf('/')
  if (slash > 0) {
    const start = current.slice(0, slash)
    const names = isKind(start) ? await namesOf(kindOfWord(start).kind) : []
    return names.map((value) => ({ value: `${start}/${value}` }))
  }
  if (type === undefined || type.includes('/')) return kinds
  return isKind(type) ? (await namesOf(kindOfWord(type).kind)).map((value) => ({ value })) : []
}

function isKind(word: string): boolean {
  const plain = word.toLowerCase()
  return clientKinds.some(
    ({ kind, plural, shortNames }) => kind.toLowerCase() === plain || plural === plain || shortNames.includes(plain),
  )
}
