import { dockerBuild } from './docker-build.js'
import { after, ready, rerun } from './edges.js'
import type { ResourceHandle } from './handle.js'
import { localResource } from './local-resource.js'
import { portForward } from './port-forward.js'
import { probe } from './probes.js'
import { link } from './resource-options.js'
import { type ResourceName, type ResourceRef, resource } from './resource-ref.js'
import { holds, type Same } from './testing/types.js'

const ci: boolean = JSON.parse('true')
const api = localResource('api', { serveCmd: ['node', 'api.js'] })
holds<Same<typeof api, ResourceHandle>>()
holds<Same<ResourceName, string>>()
holds<Same<ResourceRef, ResourceHandle | string>>()

// every option, one or many, undefined as absent, falsy entries in lists
localResource('all', {
  cmd: { sh: 'make', bat: 'nmake' },
  serveCmd: async ({ signal, resource: name, env, inputs, changedFiles, log, exec }) => {
    holds<Same<typeof signal, AbortSignal>>()
    log(name, env['HOME'], inputs['x'], changedFiles[0])
    const { stdout, exitCode } = await exec(['ls'], { dir: '.', env: { A: 1, B: undefined }, quiet: true })
    return [stdout, exitCode]
  },
  deps: ['./a', ci && './b', undefined, null],
  ignore: '*.log',
  env: process.env,
  serveEnv: { PORT: 80, DEBUG: true, GONE: undefined },
  dir: undefined,
  serveDir: './x',
  readinessProbe: probe.http({ port: 80 }),
  resourceDeps: [api, 'db', after(api), ready('db'), rerun(resource('x')), ci && 'y'],
  triggerMode: ci ? 'auto' : 'manual',
  autoInit: false,
  allowParallel: undefined,
  labels: 'x',
  links: ['localhost', link('http://localhost', 'x'), { url: 'x' }],
  outputs: ['./out'],
  onDown: 'clean',
  readyTimeout: '1m30s',
  restart: 'on-failure',
  stopGrace: 0,
})
localResource('sync', { cmd: () => undefined })
localResource('void', { cmd: () => {} })

// @ts-expect-error options are needed
localResource('a')
// @ts-expect-error no such option
localResource('a', { comand: 'true' })
// @ts-expect-error no such mode
localResource('a', { cmd: 'true', triggerMode: 'off' })
// @ts-expect-error no such unit
localResource('a', { cmd: 'true', readyTimeout: '5 minutes' })
// @ts-expect-error a number is no duration
localResource('a', { cmd: 'true', stopGrace: 5 })
// @ts-expect-error a text for one platform alone
localResource('a', { cmd: { sh: 'make' } })
// @ts-expect-error an image is no resource
localResource('a', { cmd: 'true', resourceDeps: [dockerBuild('a', '.')] })
// @ts-expect-error a port is no resource
localResource('a', { cmd: 'true', resourceDeps: [portForward(80)] })
// @ts-expect-error an image is nothing to wait for
after(dockerBuild('a', '.'))
// @ts-expect-error a probe is made by probe
localResource('a', { serveCmd: 'x', readinessProbe: { port: 80 } })
// @ts-expect-error a function for a probe is told apart from one for a step
localResource('a', { serveCmd: 'x', readinessProbe: () => true })
// @ts-expect-error a handle is read only
api.name = 'b'
