import { describe, expect, it } from 'vitest'
import { proxyFor } from './proxy-for.js'

const proxy = 'http://proxy.corp:3128'
const through = (server: string, env: Record<string, string>, cluster: object = {}): string | undefined =>
  proxyFor(new URL(server), { ...cluster }, env)?.url.href

describe('the proxy to a cluster', () => {
  it('is that of the kubeconfig before that of the environment, and whatever NO_PROXY says', () => {
    const env = { HTTPS_PROXY: proxy, NO_PROXY: '*' }
    const cluster = { 'proxy-url': 'socks5://bastion:1080' }
    expect(through('https://127.0.0.1:6443', env, cluster)).toBe('socks5://bastion:1080')
    expect(proxyFor(new URL('https://a'), cluster, env)?.named).toBe("the kubeconfig's proxy-url")
  })

  it('is HTTPS_PROXY for a server with TLS and HTTP_PROXY for one without, in either case', () => {
    expect(through('https://k8s.corp', { HTTPS_PROXY: proxy })).toBe(`${proxy}/`)
    expect(through('https://k8s.corp', { https_proxy: 'proxy.corp:3128' })).toBe(`${proxy}/`)
    expect(through('https://k8s.corp', { HTTP_PROXY: proxy })).toBeUndefined()
    expect(through('http://k8s.corp', { http_proxy: proxy })).toBe(`${proxy}/`)
    expect(through('https://k8s.corp', {})).toBeUndefined()
  })

  it.each(['https://localhost:6443', 'https://127.0.0.1:6443', 'https://127.1.2.3', 'https://[::1]:6443'])(
    'is none for this machine: %s',
    (server) => {
      expect(through(server, { HTTPS_PROXY: proxy })).toBeUndefined()
    },
  )

  it.each([
    ['*', 'https://k8s.corp', true],
    ['corp', 'https://k8s.corp', true],
    ['k8s.corp', 'https://k8s.corp', true],
    ['K8S.Corp', 'https://k8s.corp', true],
    ['8s.corp', 'https://k8s.corp', false],
    ['.corp', 'https://k8s.corp', true],
    ['*.corp', 'https://k8s.corp', true],
    ['.k8s.corp', 'https://k8s.corp', false],
    ['other, k8s.corp', 'https://k8s.corp', true],
    ['k8s.corp:443', 'https://k8s.corp', true],
    ['k8s.corp:6443', 'https://k8s.corp', false],
    ['10.0.0.0/8', 'https://10.1.2.3:6443', true],
    ['10.0.0.0/8', 'https://11.1.2.3:6443', false],
    ['10.0.0.0/8', 'https://k8s.corp', false],
    ['10.1.2.3', 'https://10.1.2.3:6443', true],
    ['2.3', 'https://10.1.2.3:6443', false],
    ['fd00::/8', 'https://[fd00::5]:6443', true],
    ['fd00::5', 'https://[fd00::5]:6443', true],
    ['[fd00::5]:6443', 'https://[fd00::5]:6443', true],
    ['10.0.0.0/99', 'https://10.1.2.3', false],
    ['', 'https://k8s.corp', false],
  ])('NO_PROXY=%s for %s: direct is %s', (noProxy, server, direct) => {
    expect(through(server, { HTTPS_PROXY: proxy, NO_PROXY: noProxy }) === undefined).toBe(direct)
  })
})
