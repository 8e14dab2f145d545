import { declaring } from './call/call.js'
import { checkedOptions, describe, type Expectations } from './call/expect.js'
import { text } from './call/expectations.js'
import { type RefProblem, refProblem } from './image/image-ref.js'

/** What {@link defaultRegistry} takes. */
export interface RegistryOptions {
  /** How the cluster reaches the registry, when that is another name. @default the same */
  readonly hostFromCluster?: string | undefined
  /** One name that all images are pushed under, told apart by tag: for registries that ask for each repository to be made. */
  readonly singleName?: string | undefined
}

const expectations: Expectations<RegistryOptions> = { hostFromCluster: text, singleName: text }

/**
 * The registry that all images built here are pushed to: `shop/api` becomes `<host>/shop_api`. Images that are not built
 * here, and names that begin with the host already, stay as they are. It can be called once. Services of compose run what
 * is in the engine, so together with one it is an error.
 *
 * Errors are recorded and shown with all others: a host that cannot stand in front of an image's name, a second call.
 *
 * @param host With a port or a path where it has one: `localhost:5000`, `ghcr.io/shop`. No scheme.
 * @example
 * ```ts
 * defaultRegistry('ghcr.io/shop-dev')
 * defaultRegistry('localhost:5000', { hostFromCluster: 'registry:5000' })
 * ```
 */
export function defaultRegistry(host: string, options?: RegistryOptions): void {
  const call = declaring('defaultRegistry')
  const { draft } = call.recorder
  const subject = `defaultRegistry(${describe(host)})`
  const { hostFromCluster, singleName } = checkedOptions(call, subject, options, expectations)
  const bad = (what: string, given: unknown, { reason, hint }: RefProblem): void =>
    call.error(
      'config/invalid-image',
      `${subject}: ${describe(given)} cannot be ${what}: ${reason}`,
      hint ?? "Write: 'localhost:5000', or 'ghcr.io/shop'",
    )
  for (const given of hostFromCluster === undefined ? [host] : [host, hostFromCluster]) {
    const problem = hostProblem(given)
    if (problem !== undefined) bad('a registry', given, problem)
  }
  const problem = singleName === undefined ? undefined : nameProblem(singleName)
  if (problem !== undefined) bad('the one name of all images', singleName, problem)
  if (draft.registry !== undefined) {
    draft.findings.push({
      code: 'config/invalid-option',
      severity: 'error',
      message: 'defaultRegistry() was called before',
      hint: 'Keep one of the two calls',
      at: call.at,
      also: draft.registry.at,
    })
    return
  }
  draft.registry = { spec: { host: String(host), hostFromCluster, singleName }, at: call.at }
}

/** A registry is what can stand in front of a name. */
function hostProblem(host: unknown): RefProblem | undefined {
  if (typeof host !== 'string') return { reason: 'it is no text' }
  if (host === '') return { reason: 'it is empty' }
  const problem = refProblem(`${host}/image`)
  return problem && { ...problem, hint: problem.hint?.replace('/image', '') }
}

const nameProblem = (name: string): RefProblem | undefined =>
  name.includes(':') ? { reason: 'tags tell the images apart' } : refProblem(`registry.local/${name}`)
