import { createStore, type ObjectStore } from '@tiltts/core/store'
import { type ResourceSpec, type ResourceStatus, toApiTime, wellKnown } from '@tiltts/spec'

/** Milliseconds since the epoch, so many seconds after the session began. */
export const second = (n: number): number => 1_700_000_000_000 + n * 1_000
/** The same as the API writes it. */
export const at = (n: number): string => toApiTime(second(n))

const step = { command: { argv: ['true'], display: 'true' }, dir: '/shop', env: {} }
const spec = (name: string, order: number): ResourceSpec => ({
  order,
  labels: ['back'],
  links: [],
  dependencies: [],
  triggerMode: 'auto',
  autoInit: true,
  images: [],
  watches: [],
  updateHash: 'u',
  serveHash: 's',
  place: { file: '/shop/tilt.config.ts', line: order, column: 1 },
  type: 'local',
  local: {
    kind: 'local',
    name,
    place: undefined,
    labels: [],
    links: [],
    dependencies: [],
    triggerMode: undefined,
    autoInit: true,
    readyTimeoutMs: undefined,
    onDown: undefined,
    cmd: step,
    serve: undefined,
    deps: [],
    ignores: [],
    outputs: [],
    allowParallel: false,
  },
})
const status = (more: Partial<ResourceStatus>): ResourceStatus => ({
  pending: [],
  history: [],
  started: true,
  succeededOnce: false,
  readyOnce: false,
  ready: false,
  enabled: 'enabled',
  ...more,
})

/** A session that began at second 0, with resources that stand so, in this order. */
export function sessionOf(resources: Readonly<Record<string, Partial<ResourceStatus>>>): ObjectStore {
  const store = createStore({ now: () => second(0), uid: () => 'u' })
  store.update({ by: 'test' }, (tx) => {
    tx.put(
      'Session',
      wellKnown.session,
      { tiltfilePath: '/shop/tilt.config.ts', exitCondition: 'ci' },
      { pid: 1, startTime: at(0), done: true, error: '', targets: [] },
    )
    for (const [index, [name, of]] of Object.entries(resources).entries())
      tx.put('Resource', name, spec(name, index + 1), status(of))
  })
  return store
}
