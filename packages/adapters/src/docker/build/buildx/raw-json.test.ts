import { describe, expect, it } from 'vitest'
import { rawJsonReader } from './raw-json.js'

const status = {
  vertexes: [{ digest: 'sha256:1', name: '[1/1] RUN x', started: '2026-01-02T03:04:05.5Z', cached: true }],
  logs: [{ vertex: 'sha256:1', stream: 2, data: Buffer.from('{\n}\nout').toString('base64') }],
  warnings: [{ short: Buffer.from('old').toString('base64'), range: [{ start: { line: 7 } }] }],
}

function read(text: string, size: number): { readonly read: readonly unknown[]; readonly said: readonly string[] } {
  const statuses: unknown[] = []
  const said: string[] = []
  const reader = rawJsonReader(
    (one) => statuses.push(one),
    (line) => said.push(line),
  )
  for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size))
  reader.end()
  return { read: statuses, said }
}

describe('the progress that buildx prints as JSON', () => {
  it.each([
    ['one object on a line', JSON.stringify(status)],
    ['one object over many lines', JSON.stringify(status, undefined, 2)],
  ])('is read as %s, in whatever pieces it comes, among other lines', (_, json) => {
    const text = `WARNING: old\n${json}\r\n${json}\nDockerfile:1\n--------------------\nERROR: failed`
    for (const size of [1, 7, 10_000]) {
      const found = read(text, size)
      expect(found.said).toEqual(['WARNING: old', 'Dockerfile:1', '--------------------', 'ERROR: failed'])
      expect(found.read).toHaveLength(2)
      expect(found.read[1]).toEqual({
        vertexes: [
          {
            digest: 'sha256:1',
            name: '[1/1] RUN x',
            cached: true,
            started: Date.parse('2026-01-02T03:04:05.5Z'),
            completed: undefined,
            error: '',
          },
        ],
        statuses: [],
        logs: [{ vertex: 'sha256:1', stream: 2, bytes: Buffer.from('{\n}\nout') }],
        warnings: [{ message: 'old', line: 7 }],
      })
    }
  })

  it('is what it is when it only looks like JSON, or breaks off', () => {
    expect(read('{ not: json\n{}x\n', 3)).toEqual({ read: [], said: ['{ not: json', '{}x'] })
    expect(read('{\n  "vertexes": [\n', 3)).toEqual({ read: [], said: ['{', '  "vertexes": ['] })
  })
})
