/** A use of a variable in a compose file. */
export interface VariableUse {
  readonly name: string
  /** Where in the text it begins. */
  readonly offset: number
  /** `:?` or `?` and the words that follow: it must be set. */
  readonly required?: { readonly evenIfEmpty: boolean; readonly words: string } | undefined
}

const pattern = /\$\$|\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?+])((?:[^{}]|\{[^{}]*\})*))?\})/g

/** All uses of variables in a text, as Compose reads it: `$A`, `${A}`, `${A:?words}`; `$$` is a dollar. */
export function variablesIn(text: string): readonly VariableUse[] {
  return [...text.matchAll(pattern)].flatMap((match) => {
    const [, plain, braced, operator, rest = ''] = match
    const name = plain ?? braced
    if (name === undefined) return []
    const required = operator?.endsWith('?') ? { evenIfEmpty: operator === '?', words: rest } : undefined
    return [{ name, offset: match.index, required }]
  })
}

/** A text with its variables replaced; those that are not set become nothing. */
export function interpolate(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(
    pattern,
    (all: string, plain?: string, braced?: string, operator?: string, rest: string = ''): string => {
      const name = plain ?? braced
      if (name === undefined) return all === '$$' ? '$' : all
      const value = values[name]
      const isSet = value !== undefined && !(operator?.startsWith(':') && value === '')
      if (operator?.endsWith('-')) return isSet ? (value ?? '') : interpolate(rest, values)
      if (operator?.endsWith('+')) return isSet ? interpolate(rest, values) : ''
      return value ?? ''
    },
  )
}
