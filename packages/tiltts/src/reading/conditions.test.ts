import { describe, expect, it } from 'vitest'
import { readCondition } from './conditions.js'
import type { WireObject } from './objects.js'

const object: WireObject = {
  apiVersion: 'tilt.dev/v1alpha1',
  kind: 'UIResource',
  metadata: { name: 'api' },
  status: {
    updateStatus: 'ok',
    order: 2,
    names: ['a', 'b'],
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'UpToDate', status: 'False' },
    ],
  },
}

describe('what is waited for', () => {
  it.each([
    ['condition=Ready', true],
    ['condition=ready=TRUE', true],
    ['condition=Ready=False', false],
    ['condition=UpToDate', false],
    ['condition=UpToDate=false', true],
    ['condition=Nothing', false],
    ['jsonpath={.status.updateStatus}=ok', true],
    ["jsonpath='{.status.updateStatus}'=ok", true],
    ['jsonpath={.status.updateStatus}="ok"', true],
    ['jsonpath=.status.updateStatus=error', false],
    ['jsonpath={.status.order}=2', true],
    ['jsonpath={.status.missing}=2', false],
    ['jsonpath={.status.updateStatus}', true],
    ['jsonpath={.status.missing}', false],
    ['jsonpath={.status.conditions[?(@.type=="Ready")].status}=True', true],
    ['create', true],
  ])('CLI-56, CLI-58: %s', (text, met) => expect(readCondition(text).isMet(object)).toBe(met))

  it.each(['', 'ready', 'condition=', 'jsonpath={.a}=', 'jsonpath={.a[}=b'])('%j is refused', (text) =>
    expect(() => readCondition(text)).toThrow(/unrecognized|takes the name|no value|jsonpath/),
  )

  it.each([
    ['jsonpath={.status.names[*]}=a', 'more than one value'],
    ['jsonpath={.status.names}=a', 'nested object or list'],
  ])('%s can never be so', (text, message) => expect(() => readCondition(text).isMet(object)).toThrow(message))
})
