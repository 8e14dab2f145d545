import type { LogLevel } from '@tiltts/spec'

const groups: readonly (readonly [LogLevel, string])[] = [
  ['error', 'err err! error eror fatal crit critical panic dpanic emerg emergency alert severe fail failure'],
  ['warn', 'warn warning wrn'],
  ['info', 'inf info information informational notice debug dbg trace trc verbose finest finer fine config log'],
]

const levels: ReadonlyMap<string, LogLevel> = new Map(
  groups.flatMap(([level, words]) => words.split(' ').map((word) => [word, level] as const)),
)

/** The level that a logger means by a word; nothing when the word is no level. Below `info` counts as `info`. */
export function wordLevel(word: string): LogLevel | undefined {
  return levels.get(word.toLowerCase())
}
