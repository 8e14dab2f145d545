import { type Path, recordAt, valueAt } from './tree.js'

/** A text at a place; '' when there is none. */
export function textAt(root: unknown, ...path: Path): string {
  const value = valueAt(root, path)
  return typeof value === 'string' ? value : ''
}

/** A number at a place; absent fields of a status count as 0. */
export function numberAt(root: unknown, ...path: Path): number {
  const value = valueAt(root, path)
  return typeof value === 'number' ? value : 0
}

export interface Condition {
  readonly type: string
  /** `True`, `False`, `Unknown`. */
  readonly status: string
  readonly reason: string
  readonly message: string
}

/** A condition of an object's status. */
export function conditionOf(object: unknown, type: string): Condition | undefined {
  const list = valueAt(object, ['status', 'conditions'])
  if (!Array.isArray(list)) return undefined
  const found: unknown = list.find((each) => recordAt(each, [])?.['type'] === type)
  if (found === undefined) return undefined
  return { type, status: textAt(found, 'status'), reason: textAt(found, 'reason'), message: textAt(found, 'message') }
}

export function isTrue(condition: Condition | undefined): boolean {
  return condition?.status === 'True'
}
