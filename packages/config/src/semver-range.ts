/** Ranges of versions as npm writes them: `>=1.2 <2`, `^1.2.3`, `~1.2`, `1.x`, `1.2 - 1.4`, `^1 || ^2`. */

interface Version {
  readonly numbers: readonly [number, number, number]
  readonly prerelease: readonly string[]
}

interface Bound {
  readonly operator: '>=' | '>' | '<=' | '<' | '='
  readonly version: Version
}

/** Whether a version lies in a range; `undefined` when the range cannot be read. */
export function satisfies(version: string, range: string): boolean | undefined {
  const actual = parseVersion(version)
  const alternatives = range.split('||').map((part) => boundsOf(part.trim()))
  if (actual === undefined || alternatives.some((bounds) => bounds === undefined)) return undefined
  return alternatives.some((bounds) => bounds?.every((bound) => holds(actual, bound)))
}

function parseVersion(text: string): Version | undefined {
  const found = /^v?(\d+)\.(\d+)\.(\d+)(?:-([\w.-]+))?(?:\+[\w.-]+)?$/.exec(text)
  if (found === null) return undefined
  const [, major, minor, patch, prerelease] = found
  return { numbers: [Number(major), Number(minor), Number(patch)], prerelease: prerelease?.split('.') ?? [] }
}

const operand = /^(>=|<=|>|<|=|\^|~)?v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:-([\w.-]+))?(?:\+[\w.-]+)?$/

function boundsOf(range: string): readonly Bound[] | undefined {
  const hyphen = /^(\S+)\s+-\s+(\S+)$/.exec(range)
  const parts = hyphen
    ? [`>=${hyphen[1]}`, `<=${hyphen[2]}`]
    : range.replace(/(>=|<=|>|<|=|\^|~)\s+/g, '$1').split(/\s+/)
  const bounds: Bound[] = []
  for (const part of parts) {
    if (part === '' && parts.length === 1) return []
    const found = operand.exec(part)
    if (found === null) return undefined
    bounds.push(...boundsOfOperand(found[1] ?? '', found.slice(2, 5), found[5]))
  }
  return bounds
}

function boundsOfOperand(
  operator: string,
  texts: readonly (string | undefined)[],
  prerelease: string | undefined,
): readonly Bound[] {
  // numbers that are given, up to the first wildcard: 2 for `1.2.x` and for `1.2`
  const wild = texts.findIndex((text) => text === undefined || /[xX*]/.test(text))
  const given = wild < 0 ? 3 : wild
  const at = (index: number): number => (index < given ? Number(texts[index]) : 0)
  const low = versionOf([at(0), at(1), at(2)], prerelease?.split('.'))
  const next = (index: number): Version => {
    const numbers = [0, 1, 2].map((place) => (place < index ? at(place) : place === index ? at(index) + 1 : 0))
    // `-0` comes before every prerelease, so that <2.0.0 leaves 2.0.0-beta out
    return versionOf([numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 0], ['0'])
  }
  const between = (high: Version): readonly Bound[] => [
    { operator: '>=', version: low },
    { operator: '<', version: high },
  ]
  if (operator === '>=' || operator === '<') return [{ operator, version: low }]
  if (given === 0) return []
  if (operator === '>') return [given === 3 ? { operator, version: low } : { operator: '>=', version: next(given - 1) }]
  if (operator === '<=') return [given === 3 ? { operator, version: low } : { operator: '<', version: next(given - 1) }]
  if (operator === '^') {
    const firstNumber = [0, 1, 2].find((index) => at(index) > 0) ?? given - 1
    return between(next(Math.min(firstNumber, given - 1)))
  }
  if (operator === '~') return between(next(Math.min(1, given - 1)))
  return given === 3 ? [{ operator: '=', version: low }] : between(next(given - 1))
}

const versionOf = (numbers: Version['numbers'], prerelease: readonly string[] = []): Version => ({
  numbers,
  prerelease,
})

function holds(actual: Version, { operator, version }: Bound): boolean {
  const order = compare(actual, version)
  if (operator === '=') return order === 0
  if (operator === '>') return order > 0
  if (operator === '<') return order < 0
  return operator === '>=' ? order >= 0 : order <= 0
}

function compare(a: Version, b: Version): number {
  for (const index of [0, 1, 2] as const) {
    if (a.numbers[index] !== b.numbers[index]) return a.numbers[index] - b.numbers[index]
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0) return b.prerelease.length - a.prerelease.length
  for (let index = 0; index < Math.max(a.prerelease.length, b.prerelease.length); index++) {
    const order = compareIdentifiers(a.prerelease[index], b.prerelease[index])
    if (order !== 0) return order
  }
  return 0
}

/** Numbers before words, and fewer parts before more. */
function compareIdentifiers(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0
  if (a === undefined) return -1
  if (b === undefined) return 1
  const [numericA, numericB] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (numericA && numericB) return Number(a) - Number(b)
  if (numericA !== numericB) return numericA ? -1 : 1
  return a < b ? -1 : 1
}
