import { isRecord, type Path } from './tree.js'

/** A path into objects, as kubectl writes them: `{.spec.images[*].ref}`, `$.spec['image']`, `.spec.parts[?(@.name=="a")].image`. */
export interface JsonPath {
  /** The places in an object that it leads to, in order; where a field is missing it leads nowhere. */
  places(root: unknown): readonly Path[]
}

/** Understands a path, or says what is wrong with it. */
export function parseJsonPath(text: string): JsonPath | { readonly problem: string } {
  const body = withoutBraces(text.trim())
  const steps: Step[] = []
  let rest = body.startsWith('$') ? body.slice(1) : body
  if (rest !== '' && !/^[.[]/.test(rest)) rest = `.${rest}`
  while (rest !== '') {
    const step = nextStep(rest)
    if (step === undefined) return { problem: `cannot be read at ${JSON.stringify(rest)}` }
    steps.push(step.step)
    rest = rest.slice(step.length)
  }
  if (steps.length === 0) return { problem: 'names no field' }
  return {
    places: (root) =>
      steps
        .reduce<readonly Found[]>((found, step) => found.flatMap(step), [{ path: [], value: root }])
        .map(({ path }) => path),
  }
}

interface Found {
  readonly path: Path
  readonly value: unknown
}

type Step = (found: Found) => readonly Found[]

function withoutBraces(text: string): string {
  return text.startsWith('{') && text.endsWith('}') ? text.slice(1, -1) : text
}

/** One form of a step: how it is written, and what it does. */
interface Form {
  readonly pattern: RegExp
  readonly step: (parts: RegExpExecArray) => Step
}

const forms: readonly Form[] = [
  { pattern: /^\.\.((?:\\.|[^.[\]\s\\])+)/, step: ([, name = '']) => anywhere(field(unescaped(name))) },
  { pattern: /^(?:\.\*|\.?\[\*\])/, step: () => children },
  { pattern: /^\.((?:\\.|[^.[\]\s\\])+)/, step: ([, name = '']) => field(unescaped(name)) },
  { pattern: /^\.?\[(-?\d+)\]/, step: ([, index = '']) => item(Number(index)) },
  {
    pattern: /^\.?\[(-?\d*):(-?\d*)\]/,
    step: ([, from = '', to = '']) => slice(from === '' ? undefined : Number(from), to === '' ? undefined : Number(to)),
  },
  { pattern: /^\.?\['((?:\\.|[^'\\])*)'\]/, step: ([, name = '']) => field(unescaped(name)) },
  { pattern: /^\.?\["((?:\\.|[^"\\])*)"\]/, step: ([, name = '']) => field(unescaped(name)) },
  {
    pattern: /^\.?\[\?\(\s*@((?:\.[\w-]+)+)\s*(?:(==|!=)\s*(?:'([^']*)'|"([^"]*)"|([\w.-]+))\s*)?\)\]/,
    step: ([, path = '', operator, single, double, bare]) =>
      filter(path.slice(1).split('.'), operator, single ?? double ?? bare),
  },
]

function nextStep(text: string): { readonly step: Step; readonly length: number } | undefined {
  for (const { pattern, step } of forms) {
    const parts = pattern.exec(text)
    if (parts !== null) return { step: step(parts), length: parts[0].length }
  }
  return undefined
}

function unescaped(name: string): string {
  return name.replace(/\\(.)/g, '$1')
}

const field =
  (name: string): Step =>
  ({ path, value }) =>
    isRecord(value) && Object.hasOwn(value, name) ? [{ path: [...path, name], value: value[name] }] : []

const item =
  (index: number): Step =>
  ({ path, value }) => {
    if (!Array.isArray(value)) return []
    const at = index < 0 ? value.length + index : index
    return at in value ? [{ path: [...path, at], value: value[at] }] : []
  }

const slice =
  (from: number | undefined, to: number | undefined): Step =>
  (found) => {
    const wanted = new Set(Array.isArray(found.value) ? [...found.value.keys()].slice(from, to) : [])
    return children(found).filter(({ path }) => wanted.has(Number(path.at(-1))))
  }

const children: Step = ({ path, value }) => {
  if (Array.isArray(value)) return value.map((each, index) => ({ path: [...path, index], value: each }))
  return isRecord(value) ? Object.entries(value).map(([name, each]) => ({ path: [...path, name], value: each })) : []
}

const anywhere =
  (step: Step): Step =>
  (found) => [...step(found), ...children(found).flatMap(anywhere(step))]

/** Without an operator: where the field is there. Numbers and truth values are compared as they are written. */
const filter =
  (path: readonly string[], operator: string | undefined, wanted: string | undefined): Step =>
  (found) =>
    children(found).filter((child) => {
      const [hit] = path.reduce<readonly Found[]>((at, name) => at.flatMap(field(name)), [child])
      if (operator === undefined) return hit !== undefined
      const equal = hit !== undefined && String(hit.value) === wanted
      return operator === '==' ? equal : !equal
    })
