/** Where a node begins in the template, and how it is written there. */
export interface Place {
  readonly at: number
  readonly text: string
}

/** What has a value. */
export type Operand = Place &
  (
    | { readonly type: 'literal'; readonly value: string | number | bigint | boolean | null }
    | { readonly type: 'dot' }
    /** `.a.b`, of the dot. */
    | { readonly type: 'field'; readonly path: readonly string[] }
    /** `$x.a.b`; the variable is named without its sign. */
    | { readonly type: 'variable'; readonly name: string; readonly path: readonly string[] }
    | { readonly type: 'function'; readonly name: string }
    | { readonly type: 'pipeline'; readonly pipeline: Pipeline; readonly path: readonly string[] }
  )

/** An operand, or a function with its arguments. */
export interface Command extends Place {
  readonly operands: readonly Operand[]
}

/** `$i, $e := a | b`: the value of each command is the last argument of the next. */
export interface Pipeline extends Place {
  readonly variables: readonly string[]
  /** `:=` makes variables, `=` changes those that are there. */
  readonly declares: boolean
  readonly commands: readonly Command[]
}

export interface Control {
  readonly type: 'if' | 'with' | 'range'
  readonly pipeline: Pipeline
  readonly body: readonly Node[]
  readonly otherwise: readonly Node[]
}

export type Node =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'action'; readonly pipeline: Pipeline }
  | Control
  | { readonly type: 'break' | 'continue' }
  | { readonly type: 'template'; readonly name: string; readonly pipeline: Pipeline | undefined; readonly place: Place }

/** A template, and those that are defined in it, by their names. */
export interface Parsed {
  readonly root: readonly Node[]
  readonly defined: ReadonlyMap<string, readonly Node[]>
}

/** What is wrong with a template, or with the object that it was given; the message has the place. */
export class GoTemplateError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'GoTemplateError'
  }
}
