import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createFrameReader, encodeLog, encodeMessage } from './frames.js'
import type { FromHost, HostLog } from './protocol.js'

const log = fc.record<HostLog>({
  call: fc.nat(2 ** 31),
  level: fc.constantFrom('debug', 'verbose', 'info', 'warn', 'error'),
  text: fc.string({ unit: 'grapheme', maxLength: 200 }),
})
const message = fc.string({ unit: 'grapheme' }).map((text): FromHost => ({ type: 'bug', message: text }))
const frame = fc.oneof(
  log.map((value) => ({ log: value })),
  message.map((value) => ({ message: value })),
)

it('hands over what was written, in order, however the bytes arrive', () => {
  fc.assert(
    fc.property(fc.array(frame), fc.array(fc.integer({ min: 1, max: 50 })), (frames, sizes) => {
      const bytes = Buffer.concat(frames.map((one) => ('log' in one ? encodeLog(one.log) : encodeMessage(one.message))))
      const received: unknown[] = []
      const read = createFrameReader({
        log: (value) => received.push({ log: value }),
        message: (value) => received.push({ message: value }),
      })
      let at = 0
      for (const size of sizes) {
        if (at < bytes.length) read(bytes.subarray(at, at + size))
        at += size
      }
      if (at < bytes.length) read(bytes.subarray(at))
      expect(received).toEqual(frames)
    }),
  )
})
