import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Frame, frameHeader, frameKind, frameReader } from './frames.js'

const frame = fc.record({
  kind: fc.constantFrom(frameKind.stdout, frameKind.stderr, frameKind.result, frameKind.done, frameKind.failed),
  id: fc.nat({ max: 2 ** 32 - 1 }),
  payload: fc.uint8Array({ maxLength: 300 }),
})
const bytesOf = ({ kind, id, payload }: Frame): Uint8Array =>
  Buffer.concat([frameHeader(kind, id, payload.length), payload])
const plain = ({ kind, id, payload }: Frame): unknown => ({ kind, id, payload: [...payload] })

describe('frames', () => {
  it('are the same however their bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(frame), fc.array(fc.integer({ min: 1, max: 40 })), (frames, cuts) => {
        const seen: unknown[] = []
        const take = frameReader(
          (one) => seen.push(plain(one)),
          () => seen.push('no frame'),
        )
        let rest = Buffer.concat(frames.map(bytesOf))
        for (const length of cuts) {
          take(rest.subarray(0, length))
          rest = rest.subarray(length)
        }
        take(rest)
        expect(seen).toEqual(frames.map(plain))
      }),
    )
  })

  it('that are none are told once, with their bytes', () => {
    const seen: string[] = []
    const take = frameReader(
      () => seen.push('frame'),
      (bytes) => seen.push(Buffer.from(bytes).toString()),
    )
    take(bytesOf({ kind: frameKind.done, id: 1, payload: new Uint8Array(0) }))
    take(Buffer.from('OCI runtime exec failed'))
    take(Buffer.from(': more'))
    expect(seen).toEqual(['frame', 'OCI runtime exec failed'])
    const tooLong: string[] = []
    frameReader(
      () => tooLong.push('frame'),
      () => tooLong.push('none'),
    )(frameHeader(frameKind.done, 1, 2 ** 31))
    expect(tooLong).toEqual(['none'])
  })
})
