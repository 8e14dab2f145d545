import { describe, expect, test } from 'vitest'
import { addCause, filesCause, reasonText } from './causes.js'

const file = (n: number): string => `/f${n}`
const files = (count: number, from = 0): string[] => Array.from({ length: count }, (_, n) => file(from + n))

describe('gathering', () => {
  test('changed files become one cause, each file once', () => {
    const causes = addCause(addCause([], filesCause(['/a', '/b'])), filesCause(['/b', '/c']))
    expect(causes).toEqual([{ reason: 'files', files: ['/a', '/b', '/c'], fileCount: 3 }])
  })

  test('a hundred files are named, all are counted', () => {
    const [cause] = addCause(addCause([], filesCause(files(2000))), filesCause(files(50, 5000)))
    expect(cause?.files).toHaveLength(100)
    expect(cause?.fileCount).toBe(2050)
  })

  test('other causes are kept beside each other, without repeats', () => {
    const causes = [{ reason: 'config' }, { reason: 'config' }, { reason: 'dependency', resource: 'a' }] as const
    expect(causes.reduce(addCause, [])).toEqual([{ reason: 'config' }, { reason: 'dependency', resource: 'a' }])
    const evaluations = ['c-1', 'c-2'].map((update) => ({ reason: 'config', update }) as const)
    expect(evaluations.reduce(addCause, [])).toEqual([{ reason: 'config', update: 'c-2' }])
  })
})

describe('PRI-04: the reason as people see it', () => {
  test.each([
    [[{ reason: 'initial' }], 'Initial Build'],
    [[{ reason: 'files' }], 'Changed Files'],
    [[{ reason: 'config' }], 'Config Changed'],
    [[{ reason: 'dependency' }], 'Dependency Updated'],
    [[{ reason: 'args' }], 'Tilt Args'],
    [[{ reason: 'restart' }], 'Restart'],
    [[{ reason: 'trigger', by: 'cli' }], 'CLI Trigger'],
    [[{ reason: 'trigger', by: 'web' }], 'Web Trigger'],
    [[{ reason: 'trigger', by: 'terminal' }], 'Terminal Trigger'],
    [[{ reason: 'trigger', by: 'api' }], 'API Trigger'],
    [[{ reason: 'trigger' }], 'Unknown Trigger'],
    [[{ reason: 'files' }, { reason: 'config' }], 'Changed Files | Config Changed'],
    [[{ reason: 'files' }, { reason: 'initial' }], 'Initial Build'],
    [[{ reason: 'files' }, { reason: 'trigger', by: 'cli' }, { reason: 'config' }], 'CLI Trigger'],
  ] as const)('PRI-04: %j reads %s', (causes, text) => {
    expect(reasonText(causes)).toBe(text)
  })
})
