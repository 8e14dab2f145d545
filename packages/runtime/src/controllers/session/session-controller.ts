import {
  ciLimits,
  type EngineAway,
  type Graced,
  type ResourceLimits,
  resourceLimits,
  resourceTargets,
  tiltfileTarget,
  type Verdict,
  verdict,
  withGrace,
} from '@tiltts/core/status'
import type { ObjectStore } from '@tiltts/core/store'
import { clusterName, fromApiTime, type Session, wellKnown } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import { type BatchController, byResource, own, watch } from '../controller.js'
import { resourceView } from '../projector/projector.js'
import type { Tasks } from '../tasks.js'
import { openTargets } from './open-targets.js'

export interface SessionControllerDeps {
  readonly store: ObjectStore
  readonly clock: Clock
  readonly tasks: Tasks
  /** Resolves when the log holds what the containers that have ended have said. */
  readonly lastWords: () => Promise<void>
  /** `ci` has come to its end; the error is empty when it went well. Called once, behind all last words. */
  readonly onVerdict: (error: string) => void
}

/** The list of all targets is written at most this often, since it is as long as there are resources. */
const listEveryMs = 250

/** Keeps the session's targets, and says when a `ci` run is over. */
export function sessionController(deps: SessionControllerDeps): BatchController {
  const { store, clock } = deps
  const targets = openTargets()
  let due = false
  let over = false
  let cancelDeadline = (): void => {}

  const note = (name: string): void => {
    if (name === wellKnown.tiltfile) {
      targets.set(name, [tiltfileTarget(store.get('Tiltfile', name))])
      return
    }
    const resource = store.get('Resource', name)
    targets.set(name, resource === undefined ? [] : resourceTargets(resourceView(store, resource)))
  }

  const judge = (session: Session, now: number): Verdict & Pick<Graced, 'targets'> => {
    const settings = store.get('Tiltfile', wellKnown.tiltfile)?.status.live?.settings
    const graced = withGrace(targets.list(), { graceMs: settings?.ciK8sGracePeriodMs ?? 0, deployedAt }, now)
    const judged = verdict(
      {
        exitCondition: session.spec.exitCondition,
        targets: graced.targets,
        startTime: fromApiTime(session.status.startTime),
        limits: ciLimits(settings, session.spec),
        away: away(),
        resource: limitsOf,
      },
      now,
    )
    return { ...judged, targets: graced.targets, nextDeadline: earlier(judged.nextDeadline, graced.nextDeadline) }
  }

  const deployedAt = (name: string): number | undefined => {
    const time = store.get('KubernetesApply', name)?.status.lastApplyTime
    return time === undefined ? undefined : fromApiTime(time)
  }

  const away = (): readonly EngineAway[] =>
    Object.values(clusterName).flatMap((cluster): EngineAway[] => {
      const { error, errorSince } = store.get('Cluster', cluster)?.status ?? {}
      return error === undefined || errorSince === undefined ? [] : [{ cluster, error, since: fromApiTime(errorSince) }]
    })

  const limitsOf = (name: string): ResourceLimits | undefined => {
    const resource = store.get('Resource', name)
    return resource && resourceLimits({ resource, discovery: store.get('KubernetesDiscovery', name) })
  }

  const look = (): void => {
    const session = store.get('Session', wellKnown.session)
    if (session === undefined || over) return
    const now = clock.now()
    const { done, error, nextDeadline, targets: judged } = judge(session, now)
    store.update({ by: 'session' }, (tx) =>
      tx.status('Session', wellKnown.session, (status) => ({ ...status, done, error, targets: judged })),
    )
    cancelDeadline()
    if (nextDeadline !== undefined) cancelDeadline = clock.timer(Math.max(0, nextDeadline - now), look)
    if (!done) return
    over = true
    deps.tasks.run('verdict', async () => {
      await deps.lastWords()
      deps.onVerdict(error)
    })
  }

  const lookSoon = (): void => {
    if (due) return
    due = true
    clock.timer(listEveryMs, () => {
      due = false
      look()
    })
  }

  return {
    name: 'session',
    watches: [
      own('Resource'),
      watch('Tiltfile', (change) => [change.name]),
      watch('Session', ({ before, after }) => (before?.spec === after?.spec ? [] : [wellKnown.tiltfile])),
      byResource('Cmd'),
      byResource('DockerComposeService'),
      byResource('KubernetesDiscovery'),
      byResource('Update'),
      watch('Cluster', ({ before, after }) =>
        before?.status.errorSince === after?.status.errorSince ? [] : [wellKnown.tiltfile],
      ),
    ],
    reconcileAll(names) {
      for (const name of names) note(name)
      const isCi = store.get('Session', wellKnown.session)?.spec.exitCondition === 'ci'
      if (isCi && targets.decisive) look()
      else lookSoon()
    },
  }
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return Math.min(a, b)
}
