import type { DependencySpec, EdgeKind, LinkSpec, ResourceNodeBase } from '@tiltts/spec'
import type { Call } from './call/call.js'
import { describe, type Expectations } from './call/expect.js'
import { durationText, flag, isFalsy, oneOf, oneOrMany, text, texts } from './call/expectations.js'
import { listOf } from './call/lists.js'
import type { Finish } from './collector/recorder.js'
import { type Command, command } from './command.js'
import { type Duration, parseDuration } from './duration.js'
import { type Dependency, edgeOf } from './edges.js'
import { nameOf } from './resource-ref.js'
import type { OneOrMany } from './values.js'

/** `auto`: updated at start and on change. `manual`: after the first time only when triggered. */
export type TriggerMode = 'auto' | 'manual'

/** A link shown beside a resource. */
export interface Link {
  /** Without a scheme it is taken as `http://`. */
  readonly url: string
  readonly name?: string | undefined
}

/**
 * A link with a name.
 *
 * @example
 * ```ts
 * localResource('api', { serveCmd: './api', links: link('localhost:8080/docs', 'API docs') })
 * ```
 */
export function link(url: string, name?: string): Link {
  return name === undefined ? { url } : { url, name }
}

/** What every resource can be told, whatever runs it. */
export interface ResourceOptions {
  /**
   * What this waits for: handles or names, plain or with `after`, `ready`, `rerun`.
   * A plain reference waits until the other was ready once, before the first update only.
   *
   * @example
   * ```ts
   * resourceDeps: [db, after(migrations), ready('cache')]
   * ```
   */
  readonly resourceDeps?: OneOrMany<Dependency> | undefined
  /** Groups the resource is shown in. At most 63 of letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit. */
  readonly labels?: OneOrMany<string> | undefined
  /** Shown beside the resource, to open its pages. */
  readonly links?: OneOrMany<string | Link> | undefined
  /** @default what `triggerMode()` says, else 'auto' */
  readonly triggerMode?: TriggerMode | undefined
  /**
   * Whether it is updated at start. With `false`, nothing runs until it is triggered or, in mode `auto`, until a file changes.
   * @default true
   */
  readonly autoInit?: boolean | undefined
  /**
   * How long it may take to become ready after its update, until it counts as failed.
   * @default in `dev` no limit, in `ci` the `readinessTimeout` of `ciSettings`
   */
  readonly readyTimeout?: Duration | undefined
  /** Run by `tiltts down`. */
  readonly onDown?: Command | undefined
}

const linkExpectation = {
  expected: 'a URL or link(url, name)',
  fits: (value: unknown) =>
    text.fits(value) || (typeof value === 'object' && value !== null && text.fits((value as Partial<Link>).url)),
}

/** Anything is let through that `nameOf` complains about more exactly. */
const dependencies = { expected: 'a resource or a list of resources', fits: () => true }

export const resourceExpectations: Expectations<ResourceOptions> = {
  resourceDeps: dependencies,
  labels: texts,
  links: oneOrMany(linkExpectation, 'a list of them'),
  triggerMode: oneOf('auto', 'manual'),
  autoInit: flag,
  readyTimeout: durationText,
  onDown: command,
}

type Base = Omit<ResourceNodeBase, 'onDown' | 'dependencies' | 'place' | 'name'>

/** The part of a node that every resource has; `onDown` is left to the caller, who knows its folder. */
export function keepResourceOptions(
  call: Call,
  subject: string,
  options: Partial<ResourceOptions>,
): { readonly base: Base; readonly dependencies: (finish: Finish) => readonly DependencySpec[] } {
  const kept: { readonly name: string; readonly edge: EdgeKind }[] = []
  for (const dependency of dependencyList(options.resourceDeps)) {
    const { edge, on } = edgeOf(dependency)
    const name = nameOf(call, `${subject}: \`resourceDeps\``, on)
    if (name !== undefined) kept.push({ name, edge })
  }
  return {
    base: {
      labels: listOf(options.labels).filter((label) => isLabel(call, subject, label)),
      links: listOf(options.links).flatMap((given) => linkSpec(call, subject, given)),
      triggerMode: options.triggerMode,
      autoInit: options.autoInit ?? true,
      readyTimeoutMs: parseDuration(options.readyTimeout),
    },
    dependencies: (finish) => kept.map((dependency) => ({ ...dependency, place: finish.place(call.at) })),
  }
}

const dependencyList = (given: unknown): readonly unknown[] =>
  (Array.isArray(given) ? given : [given]).filter((entry) => !isFalsy(entry))

function isLabel(call: Call, subject: string, label: string): boolean {
  if (/^[a-z\d](?:[\w.-]{0,61}[a-z\d])?$/i.test(label)) return true
  call.error(
    'config/invalid-option',
    `${subject}: ${describe(label)} cannot be a label`,
    'A label has at most 63 letters, digits, -, _ and ., and begins and ends with a letter or digit',
  )
  return false
}

function linkSpec(call: Call, subject: string, given: string | Link): readonly LinkSpec[] {
  const { url, name }: Link = typeof given === 'string' ? { url: given } : given
  const full = /^[a-z][a-z\d+.-]*:\/\//i.test(url) ? url : `http://${url}`
  if (url.trim() === '' || !URL.canParse(full)) {
    call.error(
      'config/invalid-option',
      `${subject}: ${describe(url)} cannot be a link`,
      'Write a URL: http://localhost:8080',
    )
    return []
  }
  return [name === undefined ? { url: full } : { url: full, name }]
}
