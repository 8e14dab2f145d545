import type { ComposeProjectRef, Diagnostic, Place } from '@tiltts/spec'
import type { ComposeSource } from './compose-source.js'
import { entriesOf, member, type ProjectSources } from './project-sources.js'
import { variablesIn } from './variables.js'

/** What Compose said is wrong, with the place it means as far as that can be found. */
export function complaintOf(words: string, found: ProjectSources, only?: ComposeSource): Diagnostic {
  const { sources } = found
  const text = withoutPrefix(words.trim())
  for (const rule of rules) {
    const match = rule.pattern.exec(words)
    if (match === null) continue
    const { place, message = text, hint } = rule.explain(match, { ...found, sources: only ? [only] : sources })
    return invalid(message, place, hint)
  }
  const place = wayPlace(text, sources) ?? quotedPlace(text, sources) ?? onlyFile(sources)
  return invalid(text, place)
}

/** Further mistakes of the same kinds, which Compose would tell one after the other. */
export function furtherComplaints(words: string, found: ProjectSources, ref: ComposeProjectRef): readonly Diagnostic[] {
  if (/required variable/.test(words)) return missingVariables(found)
  if (isMissingFile(words)) return missingFiles(found, ref)
  return []
}

export function invalid(message: string, place: Place | undefined, hint?: string | undefined): Diagnostic {
  return { code: 'compose/invalid', severity: 'error', message, places: place ? [place] : [], hint }
}

interface Explanation {
  readonly place: Place | undefined
  readonly message?: string | undefined
  readonly hint?: string | undefined
}

interface Rule {
  readonly pattern: RegExp
  readonly explain: (match: RegExpExecArray, found: ProjectSources) => Explanation
}

const rules: readonly Rule[] = [
  {
    pattern: /additional propert(?:y|ies) '?([^\s']+)'? (?:is )?not allowed/i,
    explain: (match, { sources }) => {
      const [key = ''] = match.slice(1)
      const way = [...(wayIn(match.input) ?? []), key]
      const source = fileIn(match.input, sources) ?? sources.find((one) => one.has(way))
      const place = source?.placeOf(way) ?? onlyFile(sources)
      const above = way.slice(0, -1).join('.')
      return {
        place,
        message: above === '' ? `\`${key}\` is no key of a compose file` : `\`${above}\` has no key \`${key}\``,
        hint: 'Check the spelling and the indentation; keys of your own begin with `x-`',
      }
    },
  },
  {
    pattern: /^(?:failed to parse .*?: )?yaml: |mapping key .* already defined/m,
    explain: ({ input }, { sources }) => {
      const broken = sources.find(({ syntax }) => syntax !== undefined)
      if (broken?.syntax) return { place: broken.syntax.place, message: `no YAML: ${broken.syntax.message}` }
      const line = Number(/line (\d+)/.exec(input)?.[1])
      const alias = /unknown anchor '([^']+)'/.exec(input)?.[1]
      const source = sources[0]
      const offset = alias === undefined ? -1 : (source?.text.indexOf(`*${alias}`) ?? -1)
      const place = offset >= 0 ? source?.placeAt(offset) : source?.placeOfLine(line)
      return {
        place: place ?? onlyFile(sources),
        message: `no YAML: ${input.trim().replace(/^yaml: (line \d+: )?/, '')}`,
      }
    },
  },
  {
    pattern: /required variable (\w+) is missing a value(?:: (.*))?/,
    explain: ([, name = '', words], found) => missingVariable(name, words, usePlace(name, found.sources)),
  },
  {
    pattern: /invalid interpolation format for ([^\s]+?)\.?\n/,
    explain: ({ input }, { sources }) => {
      const written = input.trim().split('\n').at(-1)?.replace(/^"|"$/g, '') ?? ''
      return {
        place: wayPlace(input, sources) ?? quotedValue(written, sources),
        message: `\`${written}\` is no way to write a variable`,
        hint: 'Write ${NAME}, or $$ for a dollar',
      }
    },
  },
  {
    pattern: /service "([^"]+)" depends on undefined service "([^"]+)"/,
    explain: ([, service = '', other = ''], { sources }) => {
      const profiles = profilesOf(other, sources)
      return {
        place: place(sources, ['services', service, 'depends_on', other]),
        message: `the service \`${service}\` depends on \`${other}\`, ${profiles ? 'whose profile is off' : 'which no compose file has'}`,
        hint: profiles
          ? `Turn it on with profiles: ['${profiles[0]}'], or write \`required: false\` at the dependency`
          : 'Check the spelling',
      }
    },
  },
  {
    pattern: /service "([^"]+)" refers to undefined (network|volume|config|secret)\s+([^\s:]+)/,
    explain: ([, service = '', kind = '', name = ''], { sources }) => ({
      place: quotedIn(sources, ['services', service, `${kind}s`, name]),
      message: `the service \`${service}\` uses the ${kind} \`${name}\`, which is not defined`,
      hint: `Define it below \`${kind}s:\``,
    }),
  },
  {
    pattern: /service "([^"]+)" has neither an image nor a build context/,
    explain: ([, service = ''], { sources }) => ({
      place: place(sources, ['services', service]),
      message: `the service \`${service}\` has neither an image nor a build`,
      hint: 'Give it `image:` or `build:`',
    }),
  },
  {
    pattern: /cannot extend service "([^"]+)"/,
    explain: ([, service = ''], { sources }) => ({ place: place(sources, ['services', service, 'extends']) }),
  },
  {
    pattern: /dependency cycle detected: ([^\s]+)/,
    explain: ([, service = ''], { sources }) => ({ place: place(sources, ['services', service, 'depends_on']) }),
  },
  {
    pattern: /(?:env file|find env file:?|open|stat) ([^\s:]+)(?:: | not found)|Couldn't find env file: (\S+)/,
    explain: ({ input }, found) => {
      const missing = found.references.find(({ path, exists }) => !exists && input.includes(path))
      if (missing) return missingFile(missing.path, missing.place)
      const path = /(\/[^\s:]+)/.exec(input)?.[1] ?? ''
      return isMissingFile(input) ? missingFile(path, undefined) : { place: onlyFile(found.sources) }
    },
  },
]

function missingVariables({ sources, variables }: ProjectSources): readonly Diagnostic[] {
  return sources.flatMap((source) =>
    variablesIn(source.text).flatMap(({ name, offset, required }) => {
      const value = variables[name]
      const isSet = value !== undefined && (value !== '' || required?.evenIfEmpty === true)
      if (required === undefined || isSet || isComment(source.text, offset)) return []
      const { message = '', hint, place: at } = missingVariable(name, required.words, source.placeAt(offset))
      return [invalid(message, at, hint)]
    }),
  )
}

function missingVariable(name: string, words: string | undefined, at: Place | undefined): Explanation {
  return {
    place: at,
    message: `the variable \`${name}\` must be set${words?.trim() ? `: ${words.trim()}` : ''}`,
    hint: `Set ${name} in the environment, or in the .env file of the project`,
  }
}

function missingFiles({ references, sources }: ProjectSources, ref: ComposeProjectRef): readonly Diagnostic[] {
  const read = new Set(sources.map(({ path }) => path))
  const given = ref.files.filter((path) => !read.has(path)).map((path) => missingFile(path, undefined))
  const named = references
    .filter(({ exists, required, service }) => !exists && required && isActive(service, sources, ref.profiles ?? []))
    .map(({ path, place: at }) => missingFile(path, at))
  return [...given, ...named].map(({ message = '', place: at, hint }) => invalid(message, at, hint))
}

function missingFile(path: string, at: Place | undefined): Explanation {
  return { place: at, message: `there is no file ${path}` }
}

function isMissingFile(words: string): boolean {
  return /no such file or directory|not found: stat|Couldn't find env file|cannot find the (file|path)/i.test(words)
}

/** What `<Compose>` puts in front of what it says, and behind it. */
function withoutPrefix(words: string): string {
  const text = words
    .replace(/^validating \S+: /, '')
    .replace(/^(Error response from daemon|error decoding '[^']*'|failed to load project): /i, '')
    .replace(/: invalid compose project$/, '')
  // Some say the way twice.
  return text.replace(/^(\S+) \1 /, '$1 ')
}

const wayPattern = /\b((?:services|networks|volumes|configs|secrets|include|name)(?:\.[^\s:]+)?)/

function wayIn(words: string): readonly string[] | undefined {
  const text = words.replace(/^validating \S+: /, '')
  return wayPattern.exec(text)?.[1]?.replace(/\.$/, '').split('.')
}

/** The source that is named at the beginning. */
function fileIn(words: string, sources: readonly ComposeSource[]): ComposeSource | undefined {
  const path = /^validating (.+?): /.exec(words)?.[1]
  return path === undefined ? undefined : sources.find((one) => one.path === path)
}

function wayPlace(words: string, sources: readonly ComposeSource[]): Place | undefined {
  const way = wayIn(words)
  if (way === undefined) return undefined
  const named = fileIn(words, sources)
  return named?.placeOf(way) ?? place(sources, way)
}

/** In the source that has all of the way, else in one that has a part of it. */
function place(sources: readonly ComposeSource[], way: readonly string[]): Place | undefined {
  for (let length = way.length; length > 0; length--) {
    const part = way.slice(0, length)
    // What comes later in the list takes the place of what was before.
    const source = sources.findLast((one) => one.has(part))
    if (source) return source.placeOf(part)
  }
  return undefined
}

function quotedIn(sources: readonly ComposeSource[], way: readonly string[]): Place | undefined {
  return sources.some((one) => one.has(way)) ? place(sources, way) : place(sources, way.slice(0, -1))
}

/** Many complaints end with the value that they are about, or have it in quotes. */
function quotedPlace(words: string, sources: readonly ComposeSource[]): Place | undefined {
  const quoted = [...words.matchAll(/["'`]([^"'`]+)["'`]/g)].map(([, text = '']) => text)
  const last = /: (\S+)$/.exec(words)?.[1]
  for (const text of [...quoted, ...(last ? [last] : [])]) {
    const found = quotedValue(text, sources)
    if (found) return found
  }
  return undefined
}

function quotedValue(text: string, sources: readonly ComposeSource[]): Place | undefined {
  return sources.map((source) => source.placeOfValue(text)).find((found) => found !== undefined)
}

function usePlace(name: string, sources: readonly ComposeSource[]): Place | undefined {
  for (const source of sources) {
    const use = variablesIn(source.text).find((one) => one.name === name && !isComment(source.text, one.offset))
    if (use) return source.placeAt(use.offset)
  }
  return undefined
}

/** All places where a variable is used. */
export function usePlaces(name: string, sources: readonly ComposeSource[]): readonly Place[] {
  return sources.flatMap((source) =>
    variablesIn(source.text)
      .filter((use) => use.name === name && !isComment(source.text, use.offset))
      .flatMap(({ offset }) => source.placeAt(offset) ?? []),
  )
}

function isComment(text: string, offset: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', offset) + 1, offset)
  return /(^|\s)#/.test(line)
}

function onlyFile(sources: readonly ComposeSource[]): Place | undefined {
  return sources.length === 1 ? sources[0]?.placeOfLine(1) : undefined
}

/** The profiles of a service; `undefined` when there is no such service, or it has none. */
function profilesOf(service: string, sources: readonly ComposeSource[]): readonly string[] | undefined {
  for (const [name, definition] of sources
    .flatMap(({ data }) => data)
    .flatMap((one) => entriesOf(member(one, 'services')))) {
    const profiles = member(definition, 'profiles')
    if (name === service && Array.isArray(profiles) && profiles.length > 0) return profiles.map(String)
  }
  return undefined
}

function isActive(
  service: string | undefined,
  sources: readonly ComposeSource[],
  profiles: readonly string[],
): boolean {
  const own = service === undefined ? undefined : profilesOf(service, sources)
  return own === undefined || own.some((one) => profiles.includes(one) || profiles.includes('*'))
}

/** Services that stand in the files, but are none of those that are on. */
export function inactiveServices(
  sources: readonly ComposeSource[],
  active: readonly string[],
): readonly { readonly name: string; readonly profiles: readonly string[] }[] {
  const names = sources
    .flatMap(({ data }) => data)
    .flatMap((one) => entriesOf(member(one, 'services')).map(([name]) => name))
  return [...new Set(names)]
    .filter((name) => !active.includes(name))
    .flatMap((name) => {
      const profiles = profilesOf(name, sources)
      return profiles ? [{ name, profiles }] : []
    })
}
