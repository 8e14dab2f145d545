import type { ComposeProjectRef, Diagnostic, Place } from '@tiltts/spec'
import { type ComposeSource, composeSource } from './compose-source.js'
import { fileIn, nameOrList, onlyFile, placeOfWay, quotedPlace, quotedValue, wayIn, wayPlace } from './find-place.js'
import { isActive, profilesOf } from './profiles.js'
import type { ProjectSources } from './project-sources.js'
import { isComment, usePlaces } from './variable-places.js'
import { variablesIn } from './variables.js'

/** What Compose said is wrong, with the place it means as far as that can be found. */
export function complaintOf(words: string, found: ProjectSources): Diagnostic {
  const named = fileIn(words, found.sources)
  const sources = named ? [named] : found.sources
  const text = withoutPrefix(words.trim())
  for (const rule of rules) {
    const match = rule.pattern.exec(words)
    if (match === null) continue
    const { place, message = text, hint } = rule.explain(match, { ...found, sources })
    return invalid(message, place, hint)
  }
  const place = wayPlace(text, sources) ?? quotedPlace(text, sources) ?? onlyFile(sources)
  return invalid(text, place)
}

/** The way to a key that is none, in a source: without it, Compose would go on to its next complaint. */
export function unknownKeyIn(words: string, source: ComposeSource): readonly string[] | undefined {
  const key = unknownKey.exec(words)?.[1]
  if (key === undefined || fileIn(words, [source]) === undefined) return undefined
  const way = [...(wayIn(words) ?? []), key]
  return source.has(way) ? way : undefined
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

const unknownKey = /additional propert(?:y|ies) '?([^\s']+)'? (?:is |are )?not allowed/i

const rules: readonly Rule[] = [
  {
    pattern: unknownKey,
    explain: (match, { sources }) => {
      const [key = ''] = match.slice(1)
      const way = [...(wayIn(match.input) ?? []), key]
      const place = placeOfWay(sources, way) ?? onlyFile(sources)
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
    explain: ([, name = '', words], found) => missingVariable(name, words, usePlaces(name, found.sources)[0]),
  },
  {
    pattern: /invalid interpolation format for ([^\s]+?)\.?\n/,
    explain: ({ input }, { sources }) => {
      const written = input.trim().split('\n').at(-1)?.replace(/^"|"$/g, '') ?? ''
      return {
        place: wayPlace(input, sources) ?? quotedValue(written, sources),
        message: `\`${written}\` is no way to write a variable`,
        hint: 'Write $NAME, with or without braces around the name, and $$ for a dollar',
      }
    },
  },
  {
    pattern: /service "([^"]+)" depends on undefined service "([^"]+)"/,
    explain: ([, service = '', other = ''], { sources }) => {
      const profiles = profilesOf(other, sources)
      return {
        place: placeOfWay(sources, ['services', service, 'depends_on', other]),
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
      place: nameOrList(sources, ['services', service, `${kind}s`, name]),
      message: `the service \`${service}\` uses the ${kind} \`${name}\`, which is not defined`,
      hint: `Define it below \`${kind}s:\``,
    }),
  },
  {
    pattern: /service "([^"]+)" has neither an image nor a build context/,
    explain: ([, service = ''], { sources }) => ({
      place: placeOfWay(sources, ['services', service]),
      message: `the service \`${service}\` has neither an image nor a build`,
      hint: 'Give it `image:` or `build:`',
    }),
  },
  {
    pattern: /cannot extend service "([^"]+)"/,
    explain: ([, service = ''], { sources }) => ({ place: placeOfWay(sources, ['services', service, 'extends']) }),
  },
  {
    pattern: /dependency cycle detected: ([^\s]+)/,
    explain: ([, service = ''], { sources }) => ({ place: placeOfWay(sources, ['services', service, 'depends_on']) }),
  },
  {
    pattern: /(?:failed to read (\S+): )?line (\d+): /,
    explain: ({ 0: text, 1: path, 2: line, index, input }, found) => ({
      place: envFilePlace(path, Number(line), found),
      message: `no line of an env file: ${input.slice(index + text.length).trim()}`,
      hint: 'Write NAME=value',
    }),
  },
  {
    pattern: /invalid project name/,
    explain: (_match, { sources }) => ({ place: placeOfWay(sources, ['name']) }),
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

/** Compose does not always say which env file it means: then the first whose line looks wrong. */
function envFilePlace(
  path: string | undefined,
  line: number,
  { texts, references, sources }: ProjectSources,
): Place | undefined {
  const files =
    path === undefined ? references.filter(({ kind }) => kind === 'env_file').map((one) => one.path) : [path]
  for (const file of files) {
    const text = texts.get(file)
    const written = text?.split(/\r?\n/)[line - 1]
    if (text === undefined || written === undefined) continue
    if (path === undefined && /^\s*($|#|(export\s+)?[\w.-]+\s*[=:])/.test(written)) continue
    return composeSource(file, text).placeOfLine(line)
  }
  return onlyFile(sources)
}

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
  return { place: at, message: `there is no file ${path}`, hint: 'Check the path, or make the file' }
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
