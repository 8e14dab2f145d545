import type { Diagnostic, KubernetesGraph, Place } from '@tiltts/spec'

/** The context of a session, as far as it matters whether it may be deployed to. */
export interface ContextFacts {
  readonly name: string
  /** The name of its cluster entry. */
  readonly cluster: string
  /** Whether its cluster is one that runs on the developer's machine. */
  readonly isLocal: boolean
}

/**
 * An error where a config would deploy to what may be production: to a cluster that is not known to be a local one, by a
 * context that the config does not allow by name. Without a context there is nothing to be deployed to.
 *
 * @param places of what would be deployed; the first is shown
 */
export function checkContext(
  { allowedContexts }: Pick<KubernetesGraph, 'allowedContexts'>,
  context: ContextFacts | undefined,
  places: readonly Place[],
): readonly Diagnostic[] {
  if (context === undefined || context.isLocal || allowedContexts.includes(context.name)) return []
  return [
    {
      code: 'config/context-not-allowed',
      severity: 'error',
      message: `The Kubernetes context \`${context.name}\` may be production: its cluster \`${context.cluster}\` is none that is known to be local. Nothing was deployed`,
      places: places.slice(0, 1),
      hint: `If it is meant, add to the config: allowK8sContexts('${context.name}'); else change to another: kubectl config use-context <name>`,
    },
  ]
}
