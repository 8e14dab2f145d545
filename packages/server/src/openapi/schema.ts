/** A schema as OpenAPI 3.0 and Kubernetes' structural schemas understand it. */
export interface Schema {
  readonly description?: string
  /** Name of a definition. */
  readonly $ref?: string
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean'
  readonly enum?: readonly (string | number | boolean)[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly format?: string
}

export type Definitions = Readonly<Record<string, Schema>>

export interface KindSchema {
  readonly description?: string
  readonly spec: Schema
  readonly status: Schema
}

export interface ApiSchemas {
  /** By name of the kind. */
  readonly kinds: Readonly<Record<string, KindSchema>>
  /** What `$ref` names. */
  readonly definitions: Definitions
}

let loaded: Promise<ApiSchemas> | undefined

/** The schemas of all served kinds, made from their types. Read when they are first asked for. */
export function apiSchemas(): Promise<ApiSchemas> {
  loaded ??= import('./definitions.json', { with: { type: 'json' } }).then(({ default: all }) => all as ApiSchemas)
  return loaded
}
