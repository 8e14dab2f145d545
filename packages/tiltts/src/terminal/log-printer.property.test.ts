import { createLogStore } from '@tiltts/core/logs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLogPrinter } from './log-printer.js'

const decode = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

describe('printing', () => {
  it('loses no line and puts the right name before each, however the output of two commands is cut and mixed', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'ERROR ', 'ü', '{', '│'), maxLength: 12 })
    const piece = fc.record({ name: fc.constantFrom('api', 'web'), size: fc.integer({ min: 1, max: 40 }) })
    fc.assert(
      fc.property(fc.array(line), fc.array(line), fc.array(piece), (api, web, pieces) => {
        const left = { api: api.map((one) => `${one}\n`).join(''), web: web.map((one) => `${one}\n`).join('') }
        const logs = createLogStore({ now: () => 0 })
        let out = ''
        const printer = createLogPrinter({ colour: false, write: (bytes) => (out += decode(bytes)) })
        logs.subscribe(printer.print)
        const say = (name: 'api' | 'web', size: number): void => {
          logs.append(name, left[name].slice(0, size))
          left[name] = left[name].slice(size)
        }
        for (const name of ['api', 'web'] as const) logs.span({ id: name, resource: name, source: 'runtime' })
        for (const { name, size } of pieces) say(name === 'api' ? 'api' : 'web', size)
        for (const name of ['api', 'web'] as const) say(name, Number.POSITIVE_INFINITY)
        printer.end()
        const lines = out.split('\n').slice(0, -1)
        const of = (name: string): string[] =>
          lines.filter((one) => one.startsWith(`${name.padStart(13)} │ `)).map((one) => one.slice(16))
        expect(of('api')).toEqual(api)
        expect(of('web')).toEqual(web)
        expect(lines).toHaveLength(api.length + web.length)
      }),
    )
  })
})
