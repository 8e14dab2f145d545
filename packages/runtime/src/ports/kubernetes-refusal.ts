import { InfraError } from '@tiltts/spec'

/** How an API server said no: the `details` of an InfraError of the port {@link Kubernetes}. */
export interface KubernetesRefusal {
  /** Of HTTP: 404, 409, 422. */
  readonly status: number
  /** `NotFound`, `Invalid`, `Conflict`, `AlreadyExists`; '' when it was not the API server itself that answered. */
  readonly reason: string
  readonly message: string
  /** Which fields are meant, where it is about fields. */
  readonly causes: readonly KubernetesCause[]
  /** After a list whose state is lost (410): where a list of the present state goes on. */
  readonly continue?: string | undefined
}

export interface KubernetesCause {
  /** `FieldValueInvalid`, `FieldValueForbidden`, `FieldManagerConflict` */
  readonly reason: string
  /** `spec.template.spec.containers[0].image`, or as managers own it: `.spec.replicas` */
  readonly field: string
  readonly message: string
}

/** What an error of {@link Kubernetes} says of the answer; `undefined` when there was none. */
export function kubernetesRefusal(error: unknown): KubernetesRefusal | undefined {
  if (!(error instanceof InfraError) || error.system !== 'kubernetes') return undefined
  const { details } = error
  const isRefusal = typeof details === 'object' && details !== null && 'status' in details && 'causes' in details
  return isRefusal ? (details as unknown as KubernetesRefusal) : undefined
}
