import { describe, expect, test } from 'vitest'
import { type LoopState, noLoop, observeRun, type RunObservation, resume } from './loop-detector.js'

const run = (
  during: Readonly<Record<string, string | null>>,
  more: Partial<Omit<RunObservation, 'filesChangedDuringRun'>> = {},
): RunObservation => ({ filesChangedDuringRun: during, filesChangedOutside: [], triggered: false, ...more })

const after = (...runs: readonly RunObservation[]): LoopState =>
  runs.reduce((state, one) => observeRun(state, one).state, noLoop)

describe('pauses', () => {
  test('after the third run in a row that gave one and the same file another content', () => {
    expect(after(run({ gen: '1' }), run({ gen: '2' })).paused).toBe(false)
    expect(after(run({ gen: '1' }), run({ gen: '2' }), run({ gen: '3' }))).toMatchObject({ paused: true, file: 'gen' })
  })

  test('although other files were touched without a change of their content', () => {
    const runs = ['1', '2', '3', '4'].map((gen) => run({ gen, log: 'same' }))
    expect(after(...runs)).toMatchObject({ paused: true, file: 'gen' })
  })

  test('when each run deletes or brings back the file', () => {
    expect(after(run({ gen: '1' }), run({ gen: null }), run({ gen: '1' })).paused).toBe(true)
  })
})

describe('does not pause', () => {
  test.each<[string, readonly RunObservation[]]>([
    ['when another file changed as well', [run({ a: '1' }), run({ a: '2', b: '1' }), run({ a: '3' })]],
    ['when each run changed another file', [run({ a: '1' }), run({ b: '1' }), run({ c: '1' })]],
    ['when a run in between changed nothing', [run({ a: '1' }), run({ a: '2' }), run({}), run({ a: '3' })]],
    ['when the content stayed the same', [run({ a: '1' }), run({ a: '1' }), run({ a: '1' }), run({ a: '1' })]],
    [
      'when something changed outside the runs',
      [run({ a: '1' }), run({ a: '2' }), run({ a: '3' }, { filesChangedOutside: ['b'] })],
    ],
    ['when one of the runs was asked for', [run({ a: '1' }), run({ a: '2' }), run({ a: '3' }, { triggered: true })]],
  ])('%s', (_, runs) => {
    expect(after(...runs).paused).toBe(false)
  })
})

describe('goes on', () => {
  const paused = after(run({ gen: '1' }), run({ gen: '2' }), run({ gen: '3' }))

  test('after a trigger or a change outside a run, and counts anew from there', () => {
    for (const resumed of [resume(paused), resume(paused, ['src/a.ts'])]) {
      expect(resumed.paused).toBe(false)
      const two = observeRun(observeRun(resumed, run({ gen: '4' })).state, run({ gen: '5' })).state
      expect(two.paused).toBe(false)
      expect(observeRun(two, run({ gen: '6' })).state.paused).toBe(true)
    }
  })
})

describe('tells which files are another reason to run', () => {
  test('those whose content differs from what the run before left', () => {
    const state = after(run({ a: '1', b: '1' }))
    expect(observeRun(state, run({ a: '1', b: '2', c: '1' })).changed).toEqual(['b', 'c'])
  })

  test('a file that changed outside meanwhile is taken as changed', () => {
    const state = after(run({ a: '1' }))
    expect(observeRun(state, run({ a: '1' }, { filesChangedOutside: ['a'] })).changed).toEqual(['a'])
  })

  test('a run that writes a whole tree leaves a bounded memory', () => {
    const tree = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`f${n}`, 'x']))
    expect(Object.keys(after(run(tree)).contents).length).toBeLessThanOrEqual(1000)
  })
})
