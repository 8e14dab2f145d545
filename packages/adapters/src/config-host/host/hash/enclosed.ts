import type { Statement } from './statements.js'
import type { Token } from './tokens.js'

/**
 * Whether a function stands in a statement of the top level with no other function or block around it. Then all it can
 * close over stands at the top level too, and what else the statement says does not matter to it.
 */
export function standsFree({ text, tokens }: Statement, source: string): boolean {
  if (/^(?:export\s+)?(?:for|while|do|if|switch|try|class|\{)\b/.test(text)) return false
  const base = tokens[0]?.start ?? 0
  const places = [...occurrences(text, source)].map((offset) =>
    tokens.findIndex((token) => token.start >= base + offset),
  )
  return places.length > 0 && places.every((at) => at >= 0 && nothingAround(tokens, at))
}

function* occurrences(text: string, part: string): Generator<number> {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) yield at
}

function nothingAround(tokens: readonly Token[], at: number): boolean {
  // Going outwards: everything at a depth that is left on the way encloses the function.
  let depth = tokens[at]?.depth ?? 0
  let closed = false
  for (let index = at - 1; index >= 0; index -= 1) {
    const token = tokens[index]
    if (token === undefined) break
    if (token.depth > depth) continue
    if (token.depth < depth) {
      depth = token.depth
      closed = false
      // A bracket that opened: the body of a function, if what comes before says so.
      if (token.value === '{' && opensBody(tokens[index - 1]?.value)) return false
      continue
    }
    // `=>` without a body in braces reaches up to the next comma or bracket.
    if (token.value === ',' || token.value === ';') closed = true
    if (token.value === '=>' && !closed) return false
  }
  return true
}

// `) {` is a function or a method, `=> {` an arrow; `else {` and the like stand in blocks, which are left out above.
const opensBody = (before: string | undefined): boolean => before === ')' || before === '=>'
