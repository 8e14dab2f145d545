import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { OutputStream } from '../container-channel/pipe.js'
import { frameSplitter } from './multiplexed.js'
import { cutAnyhow } from './testing/cut-anyhow.js'

it('hands frames over whole and in order, however the network has cut them', () => {
  const frames = fc.array(
    fc.record({ stream: fc.constantFrom<OutputStream>('stdout', 'stderr'), payload: fc.uint8Array({ maxLength: 50 }) }),
  )
  fc.assert(
    fc.property(frames, fc.array(fc.nat(30)), (sent, cuts) => {
      const bytes = sent.map(({ stream, payload }) => {
        const header = Buffer.alloc(8)
        header[0] = stream === 'stderr' ? 2 : 1
        header.writeUInt32BE(payload.length, 4)
        return Buffer.concat([header, payload])
      })
      const got: { stream: OutputStream; payload: Uint8Array }[] = []
      const split = frameSplitter((payload, stream) => got.push({ stream, payload: Uint8Array.from(payload) }))
      for (const piece of cutAnyhow(Buffer.concat(bytes), cuts)) split(piece)
      expect(got).toEqual(sent.map(({ stream, payload }) => ({ stream, payload: Uint8Array.from(payload) })))
    }),
  )
})
