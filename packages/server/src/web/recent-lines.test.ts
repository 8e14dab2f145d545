import { createLogStore } from '@tiltts/core/logs'
import { expect, it } from 'vitest'
import { recentLines } from './recent-lines.js'

it('API-78: keeps the newest lines within the limit, at the cost of whoever says most, and in order', () => {
  const logs = createLogStore({ now: () => 0 })
  for (const name of ['loud', 'quiet']) logs.span({ id: name, resource: name, source: 'runtime' })
  logs.append('quiet', 'first\n')
  for (let n = 0; n < 500; n++) logs.append('loud', `${'x'.repeat(90)} ${n}\n`)
  logs.append('quiet', 'last\n')
  const lines = recentLines(logs, ['', 'loud', 'quiet'], 20_000)
  expect(lines.filter(({ resource }) => resource === 'quiet').map(({ message }) => message)).toEqual(['first', 'last'])
  expect(lines.map(({ seq }) => seq)).toEqual(lines.map(({ seq }) => seq).toSorted((a, b) => a - b))
  const loud = lines.filter(({ resource }) => resource === 'loud')
  expect(loud.length).toBeGreaterThan(50)
  expect(loud.length).toBeLessThan(200)
  expect(loud.at(-1)?.message).toMatch(/ 499$/)
})
