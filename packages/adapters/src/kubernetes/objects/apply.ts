import { type ApplyRequest, type KubernetesContext, kubernetesRefusal } from '@tiltts/runtime/ports'
import type { KubernetesManifest } from '@tiltts/spec'
import type { KindPlace } from './kinds.js'
import { asManifest } from './manifest.js'
import { type ObjectParts, unknownKind } from './objects.js'
import { takeOver } from './take-over.js'

export type Apply = (request: ApplyRequest, signal: AbortSignal) => Promise<KubernetesManifest>

const MANAGER = 'tiltts'
/** How long a kind may take from its definition until it can be used. */
const DEFINED_MS = 10_000
const LOOK_MS = 100

/** Server-side apply. What others have applied before is taken over the first time an object is met. */
export function createApply(parts: ObjectParts): Apply {
  const { transport, kinds, clock, context } = parts
  const met = new Set<string>()
  /** Kinds that were defined here, and until when they may be on their way. */
  const defined = new Map<string, number>()

  const placeOf = async ({ apiVersion, kind }: KubernetesManifest, signal: AbortSignal): Promise<KindPlace> => {
    for (;;) {
      const place = await kinds.find(apiVersion, kind, signal)
      if (place) return place
      const until = defined.get(definitionKey(apiVersion, kind)) ?? 0
      if (clock.now() >= until) throw unknownKind(apiVersion, kind)
      await clock.sleep(LOOK_MS, signal)
    }
  }

  const send = async (request: ApplyRequest, place: KindPlace, signal: AbortSignal): Promise<KubernetesManifest> => {
    const object = withNamespace(request.object, place, context)
    const manager = request.fieldManager ?? MANAGER
    const path = place.object(object.metadata.namespace ?? '', object.metadata.name)
    if (!met.has(path) && request.dryRun !== true) {
      await takeOver(transport, path, manager, signal)
      met.add(path)
    }
    const { body, warnings } = await transport.request('PATCH', path, {
      query: {
        fieldManager: manager,
        force: request.force,
        fieldValidation: 'Warn',
        dryRun: request.dryRun === true ? 'All' : undefined,
      },
      body: object,
      contentType: 'application/apply-patch+yaml',
      signal,
    })
    for (const warning of warnings) request.onWarning?.(warning)
    const applied = asManifest(body)
    if (request.dryRun !== true) {
      for (const key of definedBy(applied)) defined.set(key, clock.now() + DEFINED_MS)
    }
    return applied
  }

  return async (request, signal) => {
    const { apiVersion, kind } = request.object
    for (;;) {
      const place = await placeOf(request.object, signal)
      try {
        return await send(request, place, signal)
      } catch (error) {
        // A kind that was defined a moment ago is named before it is served.
        const refusal = kubernetesRefusal(error)
        const until = defined.get(definitionKey(apiVersion, kind)) ?? 0
        const notServed = refusal?.status === 404 && refusal.reason !== 'NotFound'
        if (!(notServed || refusal?.status === 503) || clock.now() >= until) throw error
        kinds.forget(apiVersion)
        await clock.sleep(LOOK_MS, signal)
      }
    }
  }
}

function withNamespace(object: KubernetesManifest, place: KindPlace, context: KubernetesContext): KubernetesManifest {
  const { namespace, ...metadata } = object.metadata
  if (!place.namespaced) return namespace === undefined ? object : { ...object, metadata }
  return { ...object, metadata: { ...object.metadata, namespace: namespace || context.namespace } }
}

function definitionKey(apiVersion: string, kind: string): string {
  return `${apiVersion.split('/')[0]}/${kind}`
}

/** The kinds that a CustomResourceDefinition defines. */
function definedBy(object: KubernetesManifest): readonly string[] {
  const spec = object['spec']
  if (object.kind !== 'CustomResourceDefinition' || typeof spec !== 'object' || spec === null) return []
  const { group, names } = spec as { readonly group?: unknown; readonly names?: { readonly kind?: unknown } }
  return [definitionKey(`${String(group)}/`, String(names?.kind))]
}
