import { describe, expect, it } from 'vitest'
import type { BuildEvent, BuildStepEvent } from './build-event.js'
import { buildLogLines } from './build-log.js'
import { shortSize, stepTitle } from './build-step-text.js'
import { outputLines } from './output-lines.js'

const step = (id: string, name: string, state: BuildStepEvent['state'], times: Partial<BuildStepEvent> = {}) =>
  ({ kind: 'step', id, name, state, ...times }) as const
const output = (id: string, text: string): BuildEvent => ({ kind: 'output', step: id, text, stream: 'stdout' })
const read = (...events: BuildEvent[]): string[] => {
  const log = buildLogLines()
  return [...events.flatMap((event) => log.push(event)), ...log.end()]
}

const cases: readonly [title: string, events: readonly BuildEvent[], lines: readonly string[]][] = [
  [
    'shows a step once, its output below it, and how long it took',
    [
      step('a', '[2/3] RUN npm ci', 'running', { startedAt: 1000 }),
      step('a', '[2/3] RUN npm ci', 'running', { startedAt: 1000 }),
      output('a', 'added 3'),
      output('a', ' packages\n\nfound 0'),
      step('a', '[2/3] RUN npm ci', 'done', { startedAt: 1000, finishedAt: 2200 }),
    ],
    ['[2/3] RUN npm ci', '  added 3 packages', '', '  found 0', '  done in 1.2s', '1 step, 1.2s'],
  ],
  [
    'shows cached steps, and counts them',
    [
      step('a', '[1/3] FROM docker.io/library/node:20', 'done', { startedAt: 0, finishedAt: 10 }),
      step('b', '[2/3] COPY . .', 'cached'),
      step('b', '[2/3] COPY . .', 'cached'),
      step('c', '[3/3] RUN make', 'cached'),
    ],
    [
      ...['[1/3] FROM node:20', '  done in 10ms', '[2/3] COPY . .', '  cached', '[3/3] RUN make', '  cached'],
      '3 steps, 2 cached, 10ms',
    ],
  ],
  [
    'says so when all was cached',
    [step('a', '[1/1] FROM busybox', 'cached')],
    ['[1/1] FROM busybox', '  cached', '1 step, all cached'],
  ],
  [
    'tells apart what steps print side by side',
    [
      step('a', '[web 2/2] RUN a', 'running', { startedAt: 0 }),
      step('b', '[api 2/2] RUN b', 'running', { startedAt: 0 }),
      output('a', 'one\n'),
      output('a', 'two\n'),
      output('b', 'three\n'),
      step('a', '[web 2/2] RUN a', 'done', { finishedAt: 2000 }),
      step('b', '[api 2/2] RUN b', 'done', { finishedAt: 3000 }),
    ],
    [
      ...['[web 2/2] RUN a', '[api 2/2] RUN b', '[web 2/2] RUN a (continued)', '  one', '  two'],
      ...['[api 2/2] RUN b (continued)', '  three', '[web 2/2] RUN a (continued)', '  done in 2s'],
      ...['[api 2/2] RUN b (continued)', '  done in 3s', '2 steps, 3s'],
    ],
  ],
  [
    'keeps of a progress bar what it showed last',
    [
      step('a', '[2/2] RUN fetch', 'running'),
      output('a', '10 %\r50'),
      output('a', ' %\r'),
      output('a', '100 %\r\nready\r\n'),
      output('a', 'a\rb'),
      step('a', '[2/2] RUN fetch', 'done'),
    ],
    ['[2/2] RUN fetch', '  100 %', '  ready', '  b', '  done', '1 step'],
  ],
  [
    'keeps quiet about what the builder does by itself, unless it takes long or fails',
    [
      step('a', '[internal] load build definition from Dockerfile', 'done', { startedAt: 0, finishedAt: 20 }),
      step('b', '[internal] load build context', 'running', { startedAt: 20 }),
      { kind: 'progress', step: 'b', text: 'transferring context:', current: 1_000_000, total: 0 },
      { kind: 'progress', step: 'b', text: 'transferring context:', current: 20_400_000, total: 0 },
      step('b', '[internal] load build context', 'done', { finishedAt: 2020 }),
      step('c', '[internal] load metadata for docker.io/library/no:1', 'failed', { error: 'not found\nmore' }),
    ],
    ['[internal] load build context', '  done in 2s, 20MB', '[internal] load metadata for no:1', '  failed: not found'],
  ],
  [
    'tells of failures, of what they stopped, and of warnings',
    [
      step('a', '[2/3] RUN false', 'running', { startedAt: 0 }),
      { kind: 'warning', message: 'Old syntax', place: { file: '/app/web.Dockerfile', line: 4, column: 1 } },
      output('a', 'no end'),
      step('b', '[3/3] RUN sleep 9', 'cancelled'),
      step('a', '[2/3] RUN false', 'failed', { finishedAt: 500, error: 'exit code: 1' }),
    ],
    [
      ...['[2/3] RUN false', 'warning: Old syntax (web.Dockerfile:4)', '[3/3] RUN sleep 9', '  cancelled'],
      ...['[2/3] RUN false (continued)', '  no end', '  failed after 500ms: exit code: 1', '2 steps, 500ms'],
    ],
  ],
  [
    'shows what is open when a build breaks off',
    [step('a', '[1/1] RUN a', 'running'), output('a', 'half')],
    [...['[1/1] RUN a', '  half', '1 step']],
  ],
]

describe('buildLogLines', () => {
  it.each(cases)('%s', (_title, events, lines) => {
    expect(read(...events)).toEqual(lines)
  })
})

describe('outputLines', () => {
  it('holds no more of a bar than it shows', () => {
    const lines = outputLines()
    for (let percent = 0; percent <= 100; percent++) expect(lines.push(`\r${percent} %`)).toEqual([])
    expect(lines.end()).toEqual(['100 %'])
    expect(lines.end()).toEqual([])
  })
})

describe('stepTitle', () => {
  it('leaves out digests and the parts of names that all images have', () => {
    const digest = `@sha256:${'0a'.repeat(32)}`
    expect(stepTitle(`[1/2] FROM docker.io/library/node:20${digest}`)).toBe('[1/2] FROM node:20')
    expect(stepTitle('[2/2] RUN apt-get update &&     apt-get\n install')).toBe(
      '[2/2] RUN apt-get update && apt-get install',
    )
    expect(stepTitle('x'.repeat(300))).toHaveLength(160)
  })
})

describe('shortSize', () => {
  it.each([
    [0, '0B'],
    [949, '949B'],
    [1000, '1.0kB'],
    [20_000, '20kB'],
    [3_500_000, '3.5MB'],
    [999_600, '1.0MB'],
    [1_200_000_000, '1.2GB'],
  ])('writes %d as %s', (bytes, text) => {
    expect(shortSize(bytes)).toBe(text)
  })
})
