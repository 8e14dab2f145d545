import { standsFree } from './enclosed.js'
import { dynamicImports, type ImportedName, type Statement, wordsOf } from './statements.js'

/** Where a function was made: a line of what runs, counted from 1, or the whole module when that is not known. */
export interface MadeAt {
  readonly url: string
  readonly line: number | undefined
}

/** What a function can reach. */
export interface Reach {
  /** Statements, in no order that matters. */
  readonly statements: ReadonlySet<string>
  /** Modules that are reached whole, as the specifier stands in the importing module. */
  readonly imports: readonly { readonly parent: string; readonly name: ImportedName }[]
}

/** Builders that return a handle: who mentions one knows its name and nothing else. */
const handleBuilders = new Set(
  [
    'localResource resource dockerBuild customBuild k8sResource k8sCustomDeploy k8sForward dcResource dockerCompose',
    'dockerBuildWithRestart customBuildWithRestart',
  ].flatMap((names) => names.split(' ')),
)

/**
 * Finds out what the result of a function can depend on, from what stands in the modules.
 *
 * @param source The function as it runs.
 * @param madeAt The calls that led to its being handed to tiltts, innermost first.
 * @param moduleOf The statements of a module of the project, each time the same; none for others.
 */
export function reachOf(
  source: string,
  madeAt: readonly MadeAt[],
  moduleOf: (url: string) => readonly Statement[],
): Reach {
  const statements = new Set<string>()
  const imports: { parent: string; name: ImportedName }[] = []
  const seen = new Set<Statement>()

  const follow = (url: string, text: string): void => {
    const names = wordsOf(text)
    const module = moduleOf(url)
    for (const specifier of dynamicImports(text)) {
      imports.push({ parent: url, name: { local: '', imported: '*', specifier } })
    }
    for (const other of module) {
      for (const name of other.imports) if (names.has(name.local)) imports.push({ parent: url, name })
      if (mentions(names, other.declares) || changes(names, other)) take(url, other)
    }
  }
  const take = (url: string, found: Statement): void => {
    if (seen.has(found)) return
    seen.add(found)
    const handle = handleName(found, moduleOf(url))
    statements.add(handle ?? found.text)
    if (handle === undefined) follow(url, found.text)
  }

  const creation = madeAt.map(({ url, line }) => ({
    url,
    found: moduleOf(url).filter(
      ({ firstLine, lastLine }) => line === undefined || (firstLine <= line && line <= lastLine),
    ),
  }))
  const [only] = creation
  const free = creation.length === 1 && only !== undefined && isFree(source, moduleOf(only.url), only.found)
  if (free) follow(only.url, source)
  else {
    for (const { url, found } of creation) {
      for (const one of found) {
        if (seen.has(one)) continue
        seen.add(one)
        statements.add(one.text)
        follow(url, one.text)
      }
    }
  }
  return { statements, imports }
}

function isFree(source: string, module: readonly Statement[], creation: readonly Statement[]): boolean {
  // A function of the top level, handed on by its name.
  if (module.some(({ text }) => text === source || text === `export ${source}`)) return true
  return creation.length === 1 && creation.every((one) => standsFree(one, source))
}

function mentions(names: ReadonlySet<string>, declared: ReadonlySet<string>): boolean {
  for (const name of declared) if (names.has(name)) return true
  return false
}

/** `settings.port = 8080`, `list.push(x)`: a statement that begins with a name may change its value. */
function changes(names: ReadonlySet<string>, { tokens }: Statement): boolean {
  const [first, second] = tokens
  return (
    first?.kind === 'word' && second !== undefined && ['.', '[', '='].includes(second.value) && names.has(first.value)
  )
}

/** `const api = localResource('api', …)`: the name alone. */
function handleName({ tokens, declares }: Statement, module: readonly Statement[]): string | undefined {
  const [kind, name, equals, callee, bracket, argument] = tokens
  if (kind?.value !== 'const' || equals?.value !== '=' || bracket?.value !== '(' || argument?.kind !== 'text')
    return undefined
  if (declares.size !== 1 || name === undefined || callee === undefined) return undefined
  const imported = module.flatMap(({ imports }) => imports).find(({ local }) => local === callee.value)
  return imported !== undefined && handleBuilders.has(imported.imported) ? `handle ${name.value}` : undefined
}
