import type { ImageStage } from '@tiltts/spec'
import { expect, it } from 'vitest'
import { buildProgress } from './build-progress.js'

it('tells of a step when it begins and when it ends, and not each time that it goes on', () => {
  const told: (readonly ImageStage[])[] = []
  const { event } = buildProgress({ log: () => {}, onStage: (stages) => told.push(stages) })
  const step = { kind: 'step', id: 'a', name: '[1/2] RUN npm ci', startedAt: 1 } as const
  event({ ...step, state: 'running' })
  event({ ...step, state: 'running' })
  event({ kind: 'step', id: 'x', name: 'exporting layers', state: 'running' })
  event({ ...step, state: 'done', finishedAt: 2 })
  expect(told.map((stages) => stages.map(({ name, finishedAt }) => [name, finishedAt !== undefined]))).toEqual([
    [['[1/2] RUN npm ci', false]],
    [['[1/2] RUN npm ci', true]],
  ])
})
