/**
 * The MurmurHash3 of a text (x86, 128 bits, UTF-8) as 32 hexadecimal digits. Fast and well spread; tells a change from
 * none, and is no protection against somebody who wants two texts to have one hash.
 */
export function hashText(text: string): string {
  const { buffer, byteOffset, byteLength } = encoder.encode(text)
  const bytes = new DataView(buffer, byteOffset, byteLength)
  const state: Lanes = [0, 0, 0, 0]
  const whole = byteLength - (byteLength % 16)
  for (let at = 0; at < whole; at += 16) mixBlock(state, bytes, at)
  for (let lane = 3; lane >= 0; lane--) {
    const word = wordAt(bytes, whole + lane * 4)
    if (word !== 0) state[lane as Lane] ^= scramble(word, lane as Lane)
  }
  for (const lane of lanes) state[lane] ^= byteLength
  spread(state)
  for (const lane of lanes) state[lane] = avalanche(state[lane])
  spread(state)
  return state.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}

const encoder = new TextEncoder()

type Lanes = [number, number, number, number]
type Lane = 0 | 1 | 2 | 3
const lanes = [0, 1, 2, 3] as const

const multiplier = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93] as const
const wordTurn = [15, 16, 17, 18] as const
const laneTurn = [19, 17, 15, 13] as const
const addend = [0x561ccd1b, 0x0bcaa747, 0x96cd1c35, 0x32ac3b17] as const

function mixBlock(state: Lanes, bytes: DataView, at: number): void {
  for (const lane of lanes) {
    const turned = rotate(state[lane] ^ scramble(wordAt(bytes, at + lane * 4), lane), laneTurn[lane])
    const next = state[((lane + 1) % 4) as Lane]
    state[lane] = (Math.imul(turned + next, 5) + addend[lane]) | 0
  }
}

function scramble(word: number, lane: Lane): number {
  const second = multiplier[((lane + 1) % 4) as Lane]
  return Math.imul(rotate(Math.imul(word, multiplier[lane]), wordTurn[lane]), second)
}

/** Four bytes, the lowest first; what lies past the end counts as zero. */
function wordAt(bytes: DataView, at: number): number {
  if (at + 4 <= bytes.byteLength) return bytes.getInt32(at, true)
  let word = 0
  for (let i = bytes.byteLength - 1; i >= at; i--) word = (word << 8) | bytes.getUint8(i)
  return word
}

function spread(state: Lanes): void {
  state[0] = (state[0] + state[1] + state[2] + state[3]) | 0
  for (const lane of [1, 2, 3] as const) state[lane] = (state[lane] + state[0]) | 0
}

function avalanche(word: number): number {
  let h = word
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by))
}
