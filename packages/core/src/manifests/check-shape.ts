import { isRecord, type Path } from '../kubernetes/tree.js'
import { metadata, type Scalar, type Shape, shapes } from './shapes.js'

/** A field that does not hold what its kind says. */
export interface ShapeProblem {
  readonly path: Path
  /** `spec.replicas must be an integer, but is the text "3"` */
  readonly message: string
  readonly hint?: string | undefined
}

/** What is wrong with an object: with what all have, and, for kinds that are known here, with the rest. */
export function checkShape(object: Readonly<Record<string, unknown>>, group: string): readonly ShapeProblem[] {
  const found: ShapeProblem[] = []
  check(object['metadata'], metadata, ['metadata'], found)
  const shape = shapes[`${group}/${String(object['kind'])}`]
  if (shape !== undefined) check(object, shape, [], found)
  return found
}

/** `spec.containers[0].name` */
export function pathText(path: Path): string {
  return path
    .map((step) => {
      if (typeof step === 'number') return `[${step}]`
      return /^[\w-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`
    })
    .join('')
    .replace(/^\./, '')
}

function check(value: unknown, shape: Shape, path: Path, found: ShapeProblem[]): void {
  // To the API server, null is what is not there.
  if (value === undefined || value === null) return
  if (typeof shape === 'string') {
    if (!fits(value, shape)) found.push(problem(path, scalarNames[shape], value, shape))
  } else if ('listOf' in shape) {
    if (!Array.isArray(value)) found.push(problem(path, 'a list', value))
    else for (const [index, item] of value.entries()) check(item, shape.listOf, [...path, index], found)
  } else if (!isRecord(value)) {
    found.push(problem(path, 'a mapping', value))
  } else if ('mapOf' in shape) {
    for (const [key, item] of Object.entries(value)) check(item, shape.mapOf, [...path, key], found)
  } else {
    for (const [key, inner] of Object.entries(shape.fields)) check(value[key], inner, [...path, key], found)
  }
}

function fits(value: unknown, scalar: Scalar): boolean {
  switch (scalar) {
    case 'text':
      return typeof value === 'string'
    case 'integer':
      return Number.isInteger(value)
    case 'truth':
      return typeof value === 'boolean'
    case 'text or integer':
      return typeof value === 'string' || Number.isInteger(value)
    case 'quantity':
      return typeof value === 'string' || typeof value === 'number'
    case 'anything':
      return true
  }
}

const scalarNames: Readonly<Record<Scalar, string>> = {
  text: 'a text',
  integer: 'an integer',
  truth: 'true or false',
  'text or integer': 'a text or an integer',
  quantity: 'a quantity like 500m',
  anything: 'anything',
}

function problem(path: Path, expected: string, value: unknown, scalar?: Scalar): ShapeProblem {
  const message = `${pathText(path)} must be ${expected}, but is ${described(value)}`
  const isBare = typeof value === 'number' || typeof value === 'boolean'
  return { path, message, hint: scalar === 'text' && isBare ? `Put it in quotes: "${value}"` : undefined }
}

function described(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (isRecord(value)) return 'a mapping'
  return typeof value === 'string' ? `the text ${JSON.stringify(value)}` : String(value)
}
