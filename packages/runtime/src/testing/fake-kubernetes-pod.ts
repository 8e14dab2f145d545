import type { KubernetesManifest } from '@tiltts/spec'
import type { FakeContainerRow } from './fake-docker-containers.js'
import { runContainer } from './fake-kubernetes-container.js'
import { tellEvent } from './fake-kubernetes-events.js'
import { type Json, record, records, text } from './fake-kubernetes-json.js'
import type { KubeletParts } from './fake-kubernetes-kubelet.js'
import { refIn } from './fake-kubernetes-store.js'

/** One pod that is run. */
export interface FakePod {
  container(name: string): FakeContainerState | undefined
  /** Ends it; the object goes when all has stopped. */
  end(): void
  evict(message: string): void
  /** Looks again for what it waits for: a place, an image. */
  again(): void
  /** Its object is gone. */
  remove(): void
  /** Aborted when it has ended. */
  readonly ended: AbortSignal
}

export interface FakeContainerState {
  readonly spec: Json
  readonly init: boolean
  readonly sidecar: boolean
  run: FakeContainerRow | undefined
  previous: FakeContainerRow | undefined
  runs: number
  waiting: { readonly reason: string; readonly message?: string } | undefined
  /** Without a probe it is ready while it runs. */
  ready: boolean
  /** Waits for being restarted, or for its image. */
  cancel: () => void
  pulls: number
}

const END_MS = 10
const FIRST_BACKOFF_MS = 10_000
const LONGEST_BACKOFF_MS = 300_000

export function fakePod(parts: KubeletParts, created: KubernetesManifest): FakePod {
  const { store, clock } = parts
  const ref = refIn(created)
  const spec = record(created['spec'])
  const policy = text(spec['restartPolicy']) || 'Always'
  const ended = new AbortController()
  let placed = false
  let ending = false
  let evicted: string | undefined
  let cancelPlacing = (): void => {}

  const states: FakeContainerState[] = (['initContainers', 'containers'] as const).flatMap((field) =>
    records(spec[field]).map((one) => ({
      spec: one,
      init: field === 'initContainers',
      sidecar: field === 'initContainers' && one['restartPolicy'] === 'Always',
      run: undefined,
      previous: undefined,
      runs: 0,
      waiting: {
        reason:
          field === 'containers' && records(spec['initContainers']).length > 0
            ? 'PodInitializing'
            : 'ContainerCreating',
      },
      ready: false,
      cancel: () => {},
      pulls: 0,
    })),
  )
  const event = (type: 'Normal' | 'Warning', reason: string, message: string): void => {
    const now = store.get(ref)
    if (now && !ending) tellEvent(store, now, { type, reason, message, at: clock.now() })
  }
  const time = (): string => new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z')
  const exitCode = (one: FakeContainerState): number | undefined => {
    if (one.run === undefined || one.run.running()) return undefined
    return one.run.info().state.exitCode
  }
  const restarts = (one: FakeContainerState, code: number): boolean => {
    if (one.sidecar) return true
    if (one.init) return policy !== 'Never' && code !== 0
    return policy === 'Always' || (policy === 'OnFailure' && code !== 0)
  }
  const finished = (one: FakeContainerState): boolean => {
    const code = exitCode(one)
    return code !== undefined && !restarts(one, code)
  }

  const sync = (): void => {
    store.change(ref, (now) => ({ ...now, status: { ...record(now['status']), ...status() } }))
  }
  const status = (): Json => {
    const mains = states.filter((one) => !one.init)
    const inits = states.filter((one) => one.init)
    const initsDone = inits.every((one) => (one.sidecar ? one.run !== undefined : exitCode(one) === 0))
    const ready = mains.every((one) => one.ready) && evicted === undefined
    const condition = (type: string, is: boolean): Json => ({
      type,
      status: is ? 'True' : 'False',
      lastTransitionTime: time(),
    })
    const waits = parts.full()
    const place: Json = placed
      ? condition('PodScheduled', true)
      : { ...condition('PodScheduled', false), reason: 'Unschedulable', message: waits ?? '' }
    const shown = (one: FakeContainerState): Json => containerStatus(one)
    return {
      phase: phase(mains, inits),
      conditions: [
        place,
        ...(placed
          ? [condition('Initialized', initsDone), condition('ContainersReady', ready), condition('Ready', ready)]
          : []),
      ],
      ...(placed
        ? {
            podIP: '10.244.0.2',
            hostIP: '172.18.0.2',
            startTime: record(record(store.get(ref))['status'])['startTime'] ?? time(),
          }
        : {}),
      ...(placed && inits.length > 0 ? { initContainerStatuses: inits.map(shown) } : {}),
      ...(placed ? { containerStatuses: mains.map(shown) } : {}),
      ...(evicted === undefined ? {} : { reason: 'Evicted', message: evicted }),
    }
  }
  const phase = (mains: readonly FakeContainerState[], inits: readonly FakeContainerState[]): string => {
    if (evicted !== undefined) return 'Failed'
    if (inits.some((one) => finished(one) && exitCode(one) !== 0)) return 'Failed'
    if (mains.every(finished)) return mains.every((one) => exitCode(one) === 0) ? 'Succeeded' : 'Failed'
    return mains.some((one) => one.runs > 0) ? 'Running' : 'Pending'
  }
  const containerStatus = (one: FakeContainerState): Json => {
    const image = text(one.spec['image'])
    return {
      name: one.spec['name'],
      image,
      imageID: one.run ? `${image}@${one.run.imageId}` : '',
      containerID: one.run ? `containerd://${one.run.id}` : '',
      ready: one.init ? exitCode(one) === 0 || (one.sidecar && one.run?.running() === true) : one.ready,
      started: one.run?.running() === true,
      restartCount: Math.max(0, one.runs - 1),
      state: one.waiting
        ? { waiting: one.waiting }
        : one.run
          ? runState(one.run)
          : { waiting: { reason: 'ContainerCreating' } },
      lastState: one.waiting && one.run ? runState(one.run) : one.previous ? runState(one.previous) : {},
    }
  }

  const start = (one: FakeContainerState): void => {
    const image = text(one.spec['image'])
    const failure = parts.pullFailure(image)
    if (failure !== undefined) {
      failPull(one, image, failure)
      return
    }
    one.pulls = 0
    one.runs += 1
    one.previous = one.run ?? one.previous
    one.waiting = undefined
    one.ready = !one.init && one.spec['readinessProbe'] === undefined
    const run = runContainer(parts, String(created.metadata['uid']), one.spec, one.runs, () => changed(one, run))
    one.run = run
    run.start()
    event('Normal', 'Started', `Started container ${run.name}`)
    if (one.spec['readinessProbe'] !== undefined) {
      one.cancel = clock.timer(parts.readyMs, () => {
        if (run.running() && run.info().state.healthStatus === 'starting') run.health('healthy', '')
      })
    }
    next()
  }
  const changed = (one: FakeContainerState, run: FakeContainerRow): void => {
    if (one.run !== run || run.removed()) return
    if (run.running()) {
      const { healthStatus } = run.info().state
      if (healthStatus !== undefined) one.ready = healthStatus === 'healthy'
      next()
      return
    }
    one.cancel()
    one.ready = false
    const code = exitCode(one) ?? 0
    if (ending || evicted !== undefined || !restarts(one, code)) {
      next()
      return
    }
    // The first time at once, then less and less often.
    const wait = one.runs === 1 ? 0 : Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (one.runs - 2))
    if (wait > 0) {
      const message = `back-off ${wait / 1000}s restarting failed container=${run.name} pod=${ref.name}_${ref.namespace}(${String(created.metadata['uid'])})`
      one.waiting = { reason: 'CrashLoopBackOff', message }
      event('Warning', 'BackOff', `Back-off restarting failed container ${run.name} in pod ${ref.name}`)
    }
    one.cancel = clock.timer(Math.max(wait, parts.startMs), () => start(one))
    next()
  }
  const failPull = (one: FakeContainerState, image: string, words: string): void => {
    one.pulls += 1
    const first = one.pulls === 1
    const message = first
      ? `failed to pull and unpack image "${image}": ${words}`
      : `Back-off pulling image "${image}": ErrImagePull: ${words}`
    one.waiting = { reason: first ? 'ErrImagePull' : 'ImagePullBackOff', message }
    event(
      'Warning',
      first ? 'Failed' : 'BackOff',
      first ? `Failed to pull image "${image}": ${words}` : `Back-off pulling image "${image}"`,
    )
    const wait = first ? 1000 : Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (one.pulls - 2))
    one.cancel = clock.timer(wait, () => start(one))
    sync()
  }

  /** Starts what may start now. */
  const next = (): void => {
    sync()
    if (!placed || ending || evicted !== undefined) return
    for (const one of states) {
      if (one.init) {
        if (one.runs === 0 && one.pulls === 0) return void startSoon(one)
        if (one.sidecar ? one.run === undefined : exitCode(one) !== 0) return
      } else if (one.runs === 0 && one.pulls === 0) {
        startSoon(one)
      }
    }
  }
  const starting = new Set<FakeContainerState>()
  const startSoon = (one: FakeContainerState): void => {
    if (starting.has(one)) return
    starting.add(one)
    one.cancel = clock.timer(parts.startMs, () => start(one))
  }

  const place = (): void => {
    cancelPlacing()
    const full = parts.full()
    if (full !== undefined) {
      event('Warning', 'FailedScheduling', full)
      sync()
      return
    }
    placed = true
    store.change(ref, (now) => ({ ...now, spec: { ...record(now['spec']), nodeName: 'fake-node' } }))
    next()
  }
  cancelPlacing = clock.timer(parts.startMs, place)

  const stopAll = (): void => {
    cancelPlacing()
    for (const one of states) {
      one.cancel()
      one.run?.end(143, true)
      one.ready = false
    }
    ended.abort(new Error(`pod ${ref.name} has ended`))
  }
  return {
    container: (name) => states.find((one) => one.spec['name'] === name),
    end() {
      if (ending) return
      ending = true
      stopAll()
      sync()
      clock.timer(END_MS, () => store.finish(ref))
    },
    evict(message) {
      evicted = message
      event('Warning', 'Evicted', message)
      stopAll()
      sync()
    },
    again() {
      if (!placed && !ending) place()
      for (const one of states) {
        if (one.pulls === 0 || one.run?.running() || ending) continue
        one.cancel()
        start(one)
      }
    },
    remove() {
      ending = true
      stopAll()
      for (const one of states) one.run?.remove()
    },
    ended: ended.signal,
  }
}

function runState(run: FakeContainerRow): Json {
  const { state } = run.info()
  const startedAt = state.startedAt
  if (run.running()) return { running: { startedAt } }
  const reason = state.exitCode === 0 ? 'Completed' : 'Error'
  const { exitCode, finishedAt } = state
  return { terminated: { exitCode, reason, startedAt, finishedAt, containerID: `containerd://${run.id}` } }
}
