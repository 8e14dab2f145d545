import type { NetworkInterfaceInfo } from 'node:os'
import { expect, test } from 'vitest'
import { sessionUrl } from './session-url.js'

const token = 'to ken'
const address = (ip: string, internal: boolean): NetworkInterfaceInfo => ({
  address: ip,
  internal,
  family: 'IPv4',
  netmask: '255.255.255.0',
  mac: '00:00:00:00:00:00',
  cidr: `${ip}/24`,
})
const interfaces = () => ({ lo: [address('127.0.0.1', true)], eth0: [address('10.0.0.7', false)] })

test.each(['localhost', '127.0.0.1', '127.0.1.1'])('at %s nobody needs the token, so it is not shown', (host) =>
  expect(sessionUrl({ host, port: 10350 }, { token })).toBe(`http://${host}:10350`),
)

test('API-61: where others reach the session the URL lets its user in', () =>
  expect(sessionUrl({ host: 'dev.box', port: 1 }, { token })).toBe('http://dev.box:1/?token=to%20ken'))

test('an address that means all is replaced by one that others can use', () => {
  expect(sessionUrl({ host: '0.0.0.0', port: 1 }, { token, interfaces })).toBe('http://10.0.0.7:1/?token=to%20ken')
  expect(sessionUrl({ host: '::', port: 1 }, { token: 't', interfaces: () => ({}) })).toBe('http://[::]:1/?token=t')
})

test('a log that is kept is not told the token', () =>
  expect(sessionUrl({ host: '0.0.0.0', port: 1 }, { token: undefined, interfaces })).toBe('http://10.0.0.7:1'))
