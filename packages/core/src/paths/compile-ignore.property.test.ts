import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileIgnore } from './compile-ignore.js'

const part = fc.constantFrom('a', 'b', 'ab', 'a.b')
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
const patternPart = fc.constantFrom('a', 'b', 'ab', '*', '**', 'a*', '*b', '?', '*.b', '[ab]', 'a**')
const pattern = fc
  .tuple(fc.boolean(), fc.array(patternPart, { minLength: 1, maxLength: 3 }))
  .map(([keeps, parts]) => `${keeps ? '!' : ''}${parts.join('/')}`)
const patterns = fc.array(pattern, { minLength: 1, maxLength: 4 })

/** Matching by trying everything, for patterns in which `**` is a whole part. */
function matchesParts(parts: readonly string[], of: readonly string[]): boolean {
  const [first, ...rest] = parts
  if (first === undefined) return of.length === 0
  if (first === '**') {
    // At the end it stands for at least one part, elsewhere for any number.
    if (rest.length === 0) return of.length > 0
    return of.some((_, index) => matchesParts(rest, of.slice(index)))
  }
  const [name, ...below] = of
  return name !== undefined && matchesName(first, name) && matchesParts(rest, below)
}

function matchesName(glob: string, name: string): boolean {
  if (glob === '') return name === ''
  const rest = glob.slice(1)
  if (glob.startsWith('[ab]')) return /^[ab]/.test(name) && matchesName(glob.slice(4), name.slice(1))
  if (glob.startsWith('*')) return matchesName(rest, name) || (name !== '' && matchesName(glob, name.slice(1)))
  return name !== '' && (glob[0] === '?' || glob[0] === name[0]) && matchesName(rest, name.slice(1))
}

function naiveIgnored(all: readonly string[], of: string): boolean {
  const parts = of.split('/')
  let ignored = false
  for (const one of all) {
    const keeps = one.startsWith('!')
    const wanted = one.replace('!', '').split('/')
    if (parts.some((_, index) => matchesParts(wanted, parts.slice(0, index + 1)))) ignored = !keeps
  }
  return ignored
}

describe('compileIgnore', () => {
  it('ignores what trying every pattern on the path and its folders would', () => {
    const whole = patterns.filter((all) =>
      all.every((one) => one.split('/').every((p) => !/.\*\*/.test(p.replace('!', '')))),
    )
    fc.assert(
      fc.property(whole, path, (all, of) => {
        expect(compileIgnore([{ basePath: '/w', patterns: all }]).ignored(`/w/${of}`)).toBe(naiveIgnored(all, of))
      }),
      { numRuns: 2000 },
    )
  })

  it('prunes no folder in which something is not ignored', () => {
    fc.assert(
      fc.property(
        patterns,
        patterns,
        path,
        fc.array(path, { minLength: 1, maxLength: 5 }),
        (one, two, folder, below) => {
          const matcher = compileIgnore([
            { basePath: '/w', patterns: one },
            { basePath: '/w/a', patterns: two },
          ])
          if (!matcher.prunes(`/w/${folder}`)) return
          for (const inside of below) expect(matcher.ignored(`/w/${folder}/${inside}`)).toBe(true)
        },
      ),
      { numRuns: 3000 },
    )
  })
})
