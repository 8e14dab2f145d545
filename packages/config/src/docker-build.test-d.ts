import { customBuild } from './custom-build.js'
import { dcResource } from './dc-resource.js'
import { dockerBuild } from './docker-build.js'
import { dockerCompose } from './docker-compose.js'
import { dockerPruneSettings } from './docker-prune-settings.js'
import type { ComposeHandle, ImageHandle, ResourceHandle } from './handle.js'
import { liveUpdate, restartProcess, run, sync } from './live-update.js'
import { localResource } from './local-resource.js'
import { defaultRegistry } from './registry.js'
import { holds, type Same } from './testing/types.js'

const ci: boolean = JSON.parse('true')

// every option, one or many, undefined as absent, falsy entries in lists
const image = dockerBuild('a', '.', {
  dockerfile: undefined,
  dockerfileContents: 'FROM a',
  target: 'dev',
  buildArgs: { A: 1, B: true, C: undefined, D: '', ...process.env },
  only: ['src', ci && 'x', null],
  ignore: '*.md',
  platform: 'linux/amd64',
  pull: ci,
  network: 'host',
  cacheFrom: ['a', undefined],
  extraTag: 'a:x',
  extraHosts: ['db:1.2.3.4'],
  ssh: 'default',
  secret: ['id=a,src=b'],
  matchInEnvVars: true,
  entrypoint: ['a', 'b'],
  containerArgs: ['c'],
  liveUpdate: [ci && sync('a', '/a', { ignore: 'x' }), run('x'), restartProcess({ onExit: 'stay', trigger: 'a' })],
})
holds<Same<typeof image, ImageHandle>>()
dockerBuild('a', '.')
dockerBuild('a', '.', { only: 'src', entrypoint: './run', extraTag: ['a:b', ci && 'a:c'] })
dockerBuild('a', '.', { liveUpdate: liveUpdate(sync('a', '/a')) })

customBuild('a', ['make', 'image'], {
  deps: ['a', ci && 'b'],
  tag: 'dev',
  skipsLocalDocker: true,
  disablePush: undefined,
  env: process.env,
  dir: './a',
  imageDeps: [image, ci && image],
  liveUpdate: [sync('a', '/a')],
  entrypoint: 'x',
})
customBuild('a', { sh: 'make', bat: 'nmake' }, { deps: 'a', imageDeps: image, outputsImageRefTo: './ref' })
customBuild('a', ({ expectedRef }) => expectedRef, { deps: 'a' })
customBuild('a', ({ exec, expectedRef }) => exec(['make', expectedRef]), { deps: 'a' })
customBuild('a', async ({ exec, expectedRef, resource, env }) => void (await exec([expectedRef, resource, `${env}`])), {
  deps: 'a',
})

const compose = dockerCompose(['a.yml', ci && 'b.yml'], { projectName: 'x', profiles: ['a', ci && 'b'], wait: true })
holds<Same<typeof compose, ComposeHandle>>()
dockerCompose({ services: { db: { image: 'postgres' } }, volumes: { data: {} } }, { envFile: '.env' })
const api = dcResource('api', { image, newName: 'b', inferLinks: false, resourceDeps: [compose.service('db'), 'x'] })
holds<Same<typeof api, ResourceHandle>>()
localResource('a', { cmd: 'true', resourceDeps: [api, compose.service('db')] })
defaultRegistry('localhost:5000', { hostFromCluster: undefined, singleName: 'x' })
dockerPruneSettings({ maxAge: '24h', interval: '1h30m', keepRecent: 3 })

// @ts-expect-error the context is needed
dockerBuild('a')
// @ts-expect-error no such option
dockerBuild('a', '.', { buildArg: {} })
// @ts-expect-error an object is no value of a build argument
dockerBuild('a', '.', { buildArgs: { A: {} } })
// @ts-expect-error a text is no list of steps
dockerBuild('a', '.', { liveUpdate: 'sync' })
// @ts-expect-error nothing after a restart
dockerBuild('a', '.', { liveUpdate: [sync('a', '/a'), restartProcess(), run('x')] })
// @ts-expect-error arguments are a list
dockerBuild('a', '.', { containerArgs: 'x' })
// @ts-expect-error no such answer
restartProcess({ onExit: 'restart' })
// @ts-expect-error a command for one platform alone
customBuild('a', { sh: 'make' }, { deps: 'a' })
// @ts-expect-error deps are needed
customBuild('a', 'make', {})
// @ts-expect-error the order is checked here, too
customBuild('a', 'make', { deps: 'a', liveUpdate: [run('x'), sync('a', '/a')] })
// @ts-expect-error a resource is no image
customBuild('a', 'make', { deps: 'a', imageDeps: [api] })
// @ts-expect-error a function that builds returns a reference or nothing
customBuild('a', () => 1, { deps: 'a' })
// @ts-expect-error a compose file has services
dockerCompose({ version: '3' })
// @ts-expect-error no such option
dockerCompose('a.yml', { profile: 'x' })
// @ts-expect-error a name is no image
dcResource('api', { image: 'a' })
// @ts-expect-error a project is no resource
dcResource('api', { resourceDeps: [compose] })
// @ts-expect-error an image is no resource
dcResource('api', { resourceDeps: [image] })
// @ts-expect-error a host is a text
defaultRegistry(5000)
// @ts-expect-error no such unit
dockerPruneSettings({ maxAge: '1 day' })
