import { expect, test } from 'vitest'
import type { ResourceView } from './resource-view.js'
import {
  at,
  endedServer,
  probedServe,
  resource,
  runningServer,
  second,
  serve,
  serveCmd,
  updated,
} from './row.test.support.js'
import { runtimeStatus } from './runtime-status.js'

const of = (cmd: ResourceView['serve'], more: Parameters<typeof resource>[1] = {}, now = 2): string =>
  runtimeStatus(
    { resource: resource('x', { local: { serve }, status: updated('x'), ...more }), serve: cmd },
    second(now),
  )

test('there is none without a server, or when disabled', () => {
  expect(of(undefined, { local: {} })).toBe('not_applicable')
  expect(of(serveCmd(runningServer(true)), { status: { enabled: 'disabled' } })).toBe('none')
})

test.each([0, 1, 137])('LOC-07: a server that ended by itself with exit code %d is an error', (exitCode) => {
  expect(of(serveCmd(endedServer(exitCode)))).toBe('error')
})

test('LOC-07: also while it waits to be started again', () => {
  expect(of(serveCmd({ ...endedServer(1), nextRestartAt: at(9) }))).toBe('error')
})

test('a server that somebody stopped is none', () => {
  expect(of(serveCmd(endedServer(137, 'killed'), { stopRunId: 'x-1' }))).toBe('unknown')
})

test('LOC-12: a server is pending until its probe says ready, and again when it says unready', () => {
  expect(of(serveCmd(runningServer(false)), { local: { serve: probedServe } })).toBe('pending')
  expect(of(serveCmd(runningServer(true)), { local: { serve: probedServe } })).toBe('ok')
})

test('LOC-13: a server without a probe is ok once it runs', () => {
  expect(of(serveCmd({ waiting: { reason: 'x' } }))).toBe('pending')
  expect(of(serveCmd(runningServer(true)))).toBe('ok')
})

test('nothing is known before anything asked for it', () => {
  expect(of(undefined)).toBe('unknown')
  expect(of(serveCmd({}, { runId: undefined }))).toBe('unknown')
})

test('a server that is about to be replaced is pending', () => {
  expect(of(serveCmd(runningServer(true), { runId: 'x-2' }))).toBe('pending')
})

test('a server that stays unready beyond its readyTimeout is an error', () => {
  const more = { spec: { readyTimeoutMs: 5_000 }, status: updated('x', { unreadySince: at(1) }) }
  expect(of(serveCmd(runningServer(false)), more, 5)).toBe('pending')
  expect(of(serveCmd(runningServer(false)), more, 6)).toBe('error')
})
