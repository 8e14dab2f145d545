import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ciRun, failedResource, parseXml } from './ci-run.test.support.js'
import { junitXml } from './junit.js'

test('a JUnit report is well-formed XML for any text', () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.nat(0xffff).map((unit) => String.fromCharCode(unit)),
      fc.constantFrom('<', '>', '&', ']]>', '\x1b[', '\n'),
    ),
  })
  fc.assert(
    fc.property(text, text, (name, line) => {
      const resources = [failedResource(name, { detail: line, lastLines: [line] })]
      const xml = junitXml(ciRun({ result: 'failed', resources }), '/shop')
      expect(parseXml(xml).children[0]?.children).toHaveLength(2)
    }),
  )
})
