import { type Call, declaring } from './call/call.js'
import { checkedOptions, describe, type Expectation, type Expectations } from './call/expect.js'
import { oneOf, texts } from './call/expectations.js'
import { listOf } from './call/lists.js'
import { patternOf, patternText, selectorOf } from './kubernetes/selector.js'
import type { OneOrMany } from './values.js'

/** What {@link k8sKind} takes. */
export interface K8sKindOptions {
  /** Only this version of the kind: a regular expression, found anywhere, without regard to case. @default any */
  readonly apiVersion?: string | RegExp | undefined
  /**
   * Where an object of this kind names images: paths as kubectl writes them, `{.spec.image}`. Not together with `imageObject`.
   */
  readonly imageJsonPath?: OneOrMany<string> | undefined
  /** Where it names an image in two fields: the path of the object that has them, and their names. */
  readonly imageObject?:
    | { readonly jsonPath: string; readonly repoField: string; readonly tagField: string }
    | undefined
  /** How such an object counts as ready, as in `k8sResource`. @default 'wait' */
  readonly podReadiness?: 'wait' | 'ignore' | 'succeeded' | undefined
}

const isNamed = (value: unknown): boolean => typeof value === 'string' && value !== ''

const imageObject: Expectation = {
  expected: 'an object of jsonPath, repoField and tagField, each of them a string',
  fits: (value) => {
    if (typeof value !== 'object' || value === null) return false
    const { jsonPath, repoField, tagField } = value as Partial<Record<string, unknown>>
    return [jsonPath, repoField, tagField].every(isNamed) && Object.keys(value).length === 3
  },
}

const kindExpectations: Expectations<K8sKindOptions> = {
  apiVersion: patternText,
  imageJsonPath: texts,
  imageObject,
  podReadiness: oneOf('wait', 'ignore', 'succeeded'),
}

/**
 * Makes every object of a kind a workload, and says where it names images, so that those built here are put in.
 *
 * Errors: no kind, a regular expression or a path that cannot be read, both `imageJsonPath` and `imageObject`.
 *
 * @param kind A regular expression, found anywhere, without regard to case: `'^UselessMachine$'`.
 * @example
 * ```ts
 * k8sKind('UselessMachine', { apiVersion: 'example.com/v1', imageJsonPath: '{.spec.image}' })
 * k8sKind('Fission', { imageObject: { jsonPath: '{.spec.runtime}', repoField: 'image', tagField: 'tag' } })
 * ```
 */
export function k8sKind(kind: string | RegExp, options?: K8sKindOptions): void {
  const call = declaring('k8sKind')
  const subject = `k8sKind(${describe(kind)})`
  const good = checkedOptions(call, subject, options, kindExpectations)
  if (good.imageJsonPath !== undefined && good.imageObject !== undefined) {
    call.error('config/invalid-option', `${subject} has both imageJsonPath and imageObject`, 'Keep one of them')
  }
  const apiVersion = patternOf(call, `${subject}: \`apiVersion\``, good.apiVersion)
  const pattern = kindPattern(call, kind)
  if (pattern === undefined) return
  call.recorder.draft.kubernetes.kinds.push((finish) => ({
    kind: pattern,
    apiVersion,
    imageJsonPaths: listOf(good.imageJsonPath),
    imageObject: good.imageObject && { ...good.imageObject },
    podReadiness: good.podReadiness,
    place: finish.place(call.at),
  }))
}

function kindPattern(call: Call, kind: unknown): string | undefined {
  if (kind !== '' && patternText.fits(kind)) return patternOf(call, 'k8sKind()', kind as string | RegExp)
  call.error('config/invalid-option', `k8sKind(): expected the name of a kind, got ${describe(kind)}`)
  return undefined
}

/** What objects are meant: all that is given must match. Regular expressions, found anywhere, without regard to case. */
export interface K8sImageJsonPathOptions {
  readonly kind?: string | RegExp | undefined
  readonly name?: string | RegExp | undefined
  readonly namespace?: string | RegExp | undefined
  readonly apiVersion?: string | RegExp | undefined
}

const pathExpectations: Expectations<K8sImageJsonPathOptions> = {
  kind: patternText,
  name: patternText,
  namespace: patternText,
  apiVersion: patternText,
}

/**
 * Says where some objects name images, beside the places that are known, and makes them workloads. One of `kind`, `name` and
 * `namespace` must be given. A second call for the same objects takes the place of the first.
 *
 * Errors: no path, none of the three, a regular expression or a path that cannot be read.
 *
 * @param paths As kubectl writes them: `{.spec.image}`, `{.spec.parts[*].image}`.
 * @example
 * ```ts
 * k8sImageJsonPath('{.spec.template.image}', { kind: '^Workflow$', name: 'nightly' })
 * ```
 */
export function k8sImageJsonPath(paths: OneOrMany<string>, options?: K8sImageJsonPathOptions): void {
  const call = declaring('k8sImageJsonPath')
  const subject = 'k8sImageJsonPath()'
  const given = checkedOptions(call, subject, options, pathExpectations)
  const selector = selectorOf(call, subject, given)
  if ([given.kind, given.name, given.namespace].every((one) => one === undefined || one === '')) {
    call.error(
      'config/invalid-option',
      `${subject} does not say which objects it is about`,
      "Give kind, name or namespace: { kind: '^Workflow$' }",
    )
    return
  }
  if (!texts.fits(paths) || listOf(paths).length === 0) {
    call.error('config/invalid-option', `${subject}: expected paths such as '{.spec.image}', got ${describe(paths)}`)
    return
  }
  call.recorder.draft.kubernetes.imagePaths.push((finish) => ({
    paths: listOf(paths),
    selector,
    place: finish.place(call.at),
  }))
}
