/** One step of an expression: it takes the values found so far to those it leads to. */
export type Step =
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'slice'; readonly slice: Slice }
  | { readonly type: 'union'; readonly branches: readonly Expression[] }
  | { readonly type: 'filter'; readonly filter: Filter }
  | { readonly type: 'wildcard' }
  | { readonly type: 'descent' }
  | { readonly type: 'literal'; readonly value: string | number | boolean }
  /** A word that means nothing here; said when it is evaluated. */
  | { readonly type: 'unknown'; readonly word: string }

/** Steps, one after the other: `.items[0].name`. */
export type Expression = readonly Step[]

/** `[2]`, `[-1]`, `[1:3]`, `[::2]`. */
export interface Slice {
  readonly from: number | undefined
  readonly to: number | undefined
  readonly step: number | undefined
  /** A single index: from there to the next. */
  readonly single: boolean
}

/** `[?(@.name == "a")]`; without an operator: what has the left side. */
export interface Filter {
  readonly left: Expression
  readonly operator: string | undefined
  readonly right: Expression
}

/** A part of a template: text as it stands, what an expression finds, or parts that are repeated for all it finds. */
export type Part =
  | { readonly type: 'find'; readonly expression: Expression }
  | { readonly type: 'range'; readonly over: Expression; readonly body: readonly Part[] }

/** What is wrong with a template, or with the object that it was given. */
export class JsonPathError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'JsonPathError'
  }
}
