import { expect, it } from 'vitest'
import { doctorReport, probe } from './report.js'

it('CLI-79: prints sections of fields, and is healthy unless one is broken', () => {
  const good = { title: 'Tilt', fields: [['Version', { value: 'v1' }]] } as const
  const without = { title: 'Kubernetes', fields: [['Context', { absent: 'none' }]] } as const
  expect(doctorReport([good, without])).toEqual({
    text: 'Tilt\n- Version: v1\n---\nKubernetes\n- Context: none\n',
    healthy: true,
  })
  const bad = { title: 'Docker', fields: [['Host', { error: 'gone\nfar away' }]] } as const
  expect(doctorReport([good, bad])).toMatchObject({
    text: expect.stringContaining('- Host: Error: gone\n'),
    healthy: false,
  })
})

it('CLI-79: asks each question within its time, and takes a failure for an answer', async () => {
  expect(await probe(() => new Promise(() => {}), 20)).toEqual({ error: 'no answer within 0.02 s' })
  expect(await probe(() => Promise.reject(new Error('no such host')))).toEqual({ error: 'no such host' })
  expect(await probe(async () => ({ value: 'yes' }))).toEqual({ value: 'yes' })
})
