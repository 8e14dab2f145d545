import type { Hono } from 'hono'

/** Adds what clients of Kubernetes ask before anything else: `/version`, `/healthz`, `/livez`, `/readyz`. */
export function serveHealth(app: Hono, version: string): void {
  const [major = '0', minor = '0'] = version.split('.')
  const info = {
    major,
    minor,
    gitVersion: `v${version}`,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '',
    goVersion: '',
    compiler: 'node',
    platform: `${process.platform}/${process.arch}`,
  }
  app.get('/version', (c) => c.json(info))
  for (const path of ['/healthz', '/livez', '/readyz']) app.get(path, (c) => c.text('ok'))
}
