import {
  type ApiTime,
  type ComposeContainer,
  type ContainerState,
  type DockerComposeServiceStatus,
  toApiTime,
} from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { endLines } from './end-lines.js'

const at = (second: number): ApiTime => toApiTime(second * 1000)
const container = (state: Partial<ContainerState>, more: Partial<ComposeContainer> = {}): ComposeContainer => ({
  id: 'one',
  name: 'shop-api-1',
  imageId: 'sha256:0',
  configHash: '',
  createdAt: at(10),
  state: {
    status: 'running',
    running: true,
    error: '',
    exitCode: 0,
    startedAt: at(11),
    restartCount: 0,
    ...state,
  },
  ...more,
})
const exited = (exitCode: number, more: Partial<ContainerState> = {}): Partial<ContainerState> => ({
  status: 'exited',
  running: false,
  exitCode,
  finishedAt: at(20),
  ...more,
})
const status = (...containers: readonly ComposeContainer[]): DockerComposeServiceStatus => ({
  known: true,
  containers,
  portBindings: [],
  startedOnce: true,
  completedOnce: false,
})
const told = (
  before: readonly ComposeContainer[],
  after: readonly ComposeContainer[],
  updatingSince?: ApiTime,
): readonly string[] =>
  endLines(status(...before), status(...after), { resource: 'api', since: 5000, updatingSince }).map(({ text }) => text)

describe('the end of a container', () => {
  it('is told when it failed, once', () => {
    const failed = container(exited(3))
    expect(told([container({})], [failed])).toEqual(['shop-api-1 exited with code 3'])
    expect(told([failed], [failed])).toEqual([])
    expect(told([container({})], [container(exited(0))])).toEqual([])
  })

  it('is told of what lived too short to be seen, but not of what had ended before the session', () => {
    expect(told([], [container(exited(1))])).toEqual(['shop-api-1 exited with code 1'])
    expect(told([], [container(exited(1, { finishedAt: at(4) }))])).toEqual([])
  })

  it('is told with what the engine does about it', () => {
    const restarting = container({ ...exited(1), status: 'restarting', restartCount: 1 })
    expect(told([container({})], [restarting])).toEqual(['shop-api-1 exited with code 1, and is started again'])
    const again = container({ finishedAt: at(20), startedAt: at(21), restartCount: 1 })
    expect(told([container({})], [again])).toEqual(['shop-api-1 ended, and runs again'])
    const byHand = container({ finishedAt: at(20), startedAt: at(21) })
    expect(told([container({})], [byHand])).toEqual([])
  })

  it('DC-04: is told when something else has removed it, with what brings it back', () => {
    expect(told([container({})], [])).toEqual([
      'shop-api-1 was removed by something else than tiltts: `tiltts trigger api` makes it again',
    ])
  })

  it('is no news while an update replaces it; that its successor fails is', () => {
    const old = container({})
    expect(told([old], [container(exited(137))], at(15))).toEqual([])
    expect(told([old], [], at(15))).toEqual([])
    const fresh = container(exited(2), { id: 'two', name: 'shop-api-1', createdAt: at(16) })
    expect(told([old], [fresh], at(15))).toEqual(['shop-api-1 exited with code 2'])
  })
})
