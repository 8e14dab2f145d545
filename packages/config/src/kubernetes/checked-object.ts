import type { KubernetesManifest } from '@tiltts/spec'
import { describe } from '../call/expect.js'

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isName = (value: unknown): value is string => typeof value === 'string' && value !== ''

/** Why a value is no object of Kubernetes; `undefined` when it is one. */
export function objectProblem(value: unknown): string | undefined {
  if (!isRecord(value) || value instanceof Promise)
    return `expected an object with apiVersion, kind and metadata.name, got ${describe(value)}`
  const { apiVersion, kind, metadata } = value
  if (!isName(kind)) return `${objectText(value)}: \`kind\` must be a string, but it is ${describe(kind)}`
  if (!isName(apiVersion)) {
    return `${objectText(value)}: \`apiVersion\` must be a string, but it is ${describe(apiVersion)}`
  }
  if (!isRecord(metadata)) return `${kind}: \`metadata\` must be an object with a name, but it is ${describe(metadata)}`
  if (!isName(metadata['name'])) {
    return `${kind}: \`metadata.name\` must be a string, but it is ${describe(metadata['name'])}`
  }
  const { namespace } = metadata
  if (namespace === undefined || typeof namespace === 'string') return undefined
  return `${objectText(value)}: \`metadata.namespace\` must be a string, but it is ${describe(namespace)}`
}

/** An object as people call it, as far as it has names: `Deployment/api`, `Deployment/api in shop`. */
export function objectText(value: unknown): string {
  if (!isRecord(value)) return describe(value)
  const { kind, metadata } = value
  const { name, namespace } = isRecord(metadata) ? metadata : {}
  const named = [kind, name].filter(isName).join('/')
  if (named === '') return 'the object'
  return isName(namespace) ? `${named} in ${namespace}` : named
}

/**
 * An object of the config as plain JSON, as it is now. What has a `toJSON`, as objects of libraries have, is what that says.
 *
 * @returns Its objects, several for a list of them, or what is wrong.
 */
export function plainObjects(given: object): readonly KubernetesManifest[] | { readonly problem: string } {
  let plain: unknown
  try {
    plain = JSON.parse(JSON.stringify(given))
  } catch (error) {
    return { problem: `${objectText(given)} is no plain data: ${(error as Error).message.split('\n')[0]}` }
  }
  const { kind, items } = (plain ?? {}) as { readonly kind?: unknown; readonly items?: unknown }
  const isList = typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)
  const objects: readonly unknown[] = isList ? items : [plain]
  const problem = objects.map(objectProblem).find((found) => found !== undefined)
  return problem === undefined ? (objects as readonly KubernetesManifest[]) : { problem }
}
