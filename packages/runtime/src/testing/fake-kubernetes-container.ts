import type { Clock } from '../ports/clock.js'
import { type FakeContainerRow, fakeContainer } from './fake-docker-containers.js'
import type { ProgramTable } from './fake-docker-programs.js'
import { fakeTree, fileEntry, sha256 } from './fake-docker-tree.js'
import { type Json, strings, text } from './fake-kubernetes-json.js'
import type { FakePodImage } from './fake-kubernetes-types.js'

export interface FakeContainerHost {
  readonly clock: Clock
  readonly programs: ProgramTable
  readonly image: (ref: string) => FakePodImage
  /** Another time at each call. */
  readonly stamp: () => string
}

/** One run of a container of a pod, not started yet. A run that follows it is another container. */
export function runContainer(
  host: FakeContainerHost,
  pod: string,
  spec: Json,
  run: number,
  onChange: () => void,
): FakeContainerRow {
  const image = host.image(text(spec['image']))
  const files = Object.entries(image.files ?? {})
  const tree = fakeTree()
  for (const [path, content] of files) tree.put(path, fileEntry(content))
  const command = strings(spec['command'])
  const args = strings(spec['args'])
  const argv = command.length > 0 ? [...command, ...args] : [...(args.length > 0 ? args : (image.cmd ?? ['sh']))]
  const id = sha256(`${pod} ${text(spec['name'])} ${run}`)
  return fakeContainer({
    id,
    name: text(spec['name']),
    imageId: `sha256:${sha256(text(spec['image']))}`,
    labels: {},
    ports: [],
    healthcheck: spec['readinessProbe'] !== undefined,
    restart: 'no',
    argv,
    main: undefined,
    canRestartProcess: /tilt/.test(argv[0] ?? ''),
    tree,
    clock: host.clock,
    programs: host.programs,
    bind: (ports) => ports,
    onChange,
    stamp: host.stamp,
  })
}
