import { describe, expect, it } from 'vitest'
import type { CiRun } from './ci-run.js'
import { ciResource, ciRun, failedResource, hostileText, parseXml, type XmlElement } from './ci-run.test.support.js'
import { junitXml } from './junit.js'

const suiteOf = (run: CiRun): XmlElement => {
  const [suite] = parseXml(junitXml(run, '/shop')).children
  if (suite === undefined) throw new Error('no suite')
  return suite
}
const caseOf = (run: CiRun, name: string): XmlElement | undefined =>
  suiteOf(run).children.find(({ attributes }) => attributes['name'] === name)

describe('a JUnit report', () => {
  it('has a test case for the config and one for each resource, with durations in seconds and places', () => {
    const place = { file: '/shop/api/Dockerfile', line: 4, column: 1 }
    const suite = suiteOf(
      ciRun({ resources: [ciResource('db', { place }), ciResource('api', { durationMs: 61_001 })] }),
    )
    expect(suite.attributes).toMatchObject({ name: 'tilt.config.ts', tests: '3', failures: '0', time: '65.400' })
    expect(suite.children.map(({ attributes }) => attributes)).toEqual([
      { name: '(Tiltfile)', classname: 'config', time: '0.420', file: 'tilt.config.ts' },
      { name: 'db', classname: 'local', time: '1.500', file: 'api/Dockerfile', line: '4' },
      { name: 'api', classname: 'local', time: '61.001' },
    ])
  })

  it('tells of a failure why, what the check said, and the last lines of the log', () => {
    const run = ciRun({
      result: 'failed',
      resources: [
        failedResource('api', { probeOutput: 'HTTP 503\n' }),
        ciResource('db', { state: 'waiting', result: 'skipped', detail: 'waiting for api' }),
      ],
    })
    expect(suiteOf(run).attributes).toMatchObject({ tests: '3', failures: '1', skipped: '1', errors: '0' })
    const [failure] = caseOf(run, 'api')?.children ?? []
    expect(failure?.name).toBe('failure')
    expect(failure?.attributes).toEqual({ message: 'update failed: exited with code 7', type: 'failed' })
    expect(failure?.text).toBe(
      'update failed: exited with code 7\n\nThe last answer of its check:\nHTTP 503\n\nThe last lines of its log:\nbefore the end\nthe reason',
    )
    expect(caseOf(run, 'db')?.children[0]).toMatchObject({
      name: 'skipped',
      attributes: { message: 'waiting for api when the run had ended' },
    })
  })

  it('tells of a wrong config what is wrong with it, and where', () => {
    const run = ciRun({
      result: 'invalid-config',
      config: {
        path: '/shop/tilt.config.ts',
        error: 'unknown resource "b"\nmore',
        diagnostics: [
          {
            code: 'config/threw',
            severity: 'error',
            message: 'unknown resource "b"',
            places: [{ file: '/shop/tilt.config.ts', line: 2, column: 5 }],
            hint: 'Did you mean "a"?',
          },
        ],
      },
    })
    expect(caseOf(run, '(Tiltfile)')).toMatchObject({
      attributes: { line: '2' },
      children: [
        {
          name: 'error',
          attributes: { message: 'unknown resource "b"' },
          text: 'tilt.config.ts:2:5\nunknown resource "b"\nDid you mean "a"?',
        },
      ],
    })
  })

  it('never looks green when the run was not, though no resource is to blame', () => {
    const run = ciRun({ result: 'interrupted', reason: 'interrupted', resources: [ciResource('api')] })
    expect(suiteOf(run).attributes).toMatchObject({ errors: '1' })
    expect(caseOf(run, '(session)')?.children[0]?.attributes).toEqual({ message: 'interrupted', type: 'interrupted' })
  })

  it('is well-formed whatever commands print and resources are called', () => {
    const resources = [
      failedResource(hostileText, { detail: hostileText, probeOutput: hostileText, lastLines: [hostileText] }),
      ciResource('x', { result: 'skipped', state: 'waiting', detail: hostileText }),
    ]
    const run = ciRun({ result: 'failed', reason: hostileText, resources })
    const [, bad] = suiteOf(run).children
    expect(bad?.children[0]?.text).toContain(
      '</failure>]]>&amp;<b>"\'`|\ufffd\ufffdred\ufffd \ufffd\n::error::injected\n',
    )
    expect(bad?.attributes['name']).toContain('\n::error::injected')
    const units = new Set(
      junitXml(run, '/shop')
        .split('')
        .map((char) => char.charCodeAt(0)),
    )
    expect([...units].filter((unit) => unit < 32 && unit !== 10)).toEqual([])
  })
})
