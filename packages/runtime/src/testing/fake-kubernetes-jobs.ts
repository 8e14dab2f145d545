import type { KubernetesManifest } from '@tiltts/spec'
import { type ControllerParts, ownedBy, podOf, setStatus } from './fake-kubernetes-controllers.js'
import { number, record, records } from './fake-kubernetes-json.js'

/** Runs pods until enough of them have succeeded, or too many have failed. */
export function reconcileJob(job: KubernetesManifest, { store, clock, suffix }: ControllerParts): void {
  const spec = record(job['spec'])
  if (records(record(job['status'])['conditions']).length > 0 || spec['suspend'] === true) return
  const pods = ownedBy(store, job, 'v1', 'Pod')
  const inPhase = (phase: string): number => pods.filter((pod) => record(pod['status'])['phase'] === phase).length
  const succeeded = inPhase('Succeeded')
  const failed = inPhase('Failed')
  const wanted = number(spec['completions'], 1)
  const now = new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z')
  const end = (type: string, reason: string, message: string): void =>
    setStatus(store, job, {
      active: 0,
      succeeded,
      failed,
      conditions: [{ type, status: 'True', reason, message, lastTransitionTime: now }],
      ...(type === 'Complete' ? { completionTime: now } : {}),
    })
  if (succeeded >= wanted) {
    end('Complete', 'CompletionsReached', 'Reached expected number of succeeded pods')
    return
  }
  if (failed > number(spec['backoffLimit'], 6)) {
    end('Failed', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit')
    return
  }
  const active = pods.length - succeeded - failed
  const parallel = Math.min(number(spec['parallelism'], 1), wanted - succeeded)
  for (let count = active; count < parallel; count++) {
    const labels = { 'batch.kubernetes.io/job-name': job.metadata.name, 'job-name': job.metadata.name }
    store.create(podOf(job, `${job.metadata.name}-${suffix()}`, labels))
  }
  setStatus(store, job, { startTime: record(job['status'])['startTime'] ?? now, active, succeeded, failed })
}
