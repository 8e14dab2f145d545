import { dockerBuild, type ImageHandle, liveUpdate, restartProcess, run, sync } from '@tiltts/config'
import { customBuildWithRestart, dockerBuildWithRestart } from './index.js'

const edit: boolean = JSON.parse('true')
const image: ImageHandle = dockerBuildWithRestart('a', '.', {
  entrypoint: ['/app/server'],
  restartFile: '/tmp/x',
  trigger: ['a', edit && 'b'],
  exitPolicy: 'continue',
  target: 'dev',
  only: 'src',
  liveUpdate: [edit && sync('a', '/a'), run('x')],
})
dockerBuildWithRestart('a', '.', { entrypoint: 'x', liveUpdate: liveUpdate(sync('a', '/a')), trigger: undefined })
customBuildWithRestart('a', 'make', { deps: 'a', entrypoint: 'x', liveUpdate: [sync('a', '/a')], imageDeps: [image] })
customBuildWithRestart('a', ['make'], { deps: ['a'], entrypoint: ['x'], liveUpdate: [run('x')], dir: './b' })
// it is an image like any other
customBuildWithRestart('b', 'make', {
  deps: 'a',
  entrypoint: 'x',
  liveUpdate: [run('x')],
  imageDeps: dockerBuild('c', '.'),
})

// @ts-expect-error an entrypoint is needed
dockerBuildWithRestart('a', '.', { liveUpdate: [sync('a', '/a')] })
// @ts-expect-error no such policy
dockerBuildWithRestart('a', '.', { entrypoint: 'x', liveUpdate: [sync('a', '/a')], exitPolicy: 'never' })
// @ts-expect-error the order is checked here, too
dockerBuildWithRestart('a', '.', { entrypoint: 'x', liveUpdate: [run('x'), sync('a', '/a')] })
// @ts-expect-error nothing after a restart
dockerBuildWithRestart('a', '.', { entrypoint: 'x', liveUpdate: [restartProcess(), run('x')] })
// @ts-expect-error the order is checked here, too
customBuildWithRestart('a', 'make', { deps: 'a', entrypoint: 'x', liveUpdate: [run('x'), sync('a', '/a')] })
// @ts-expect-error the image must be in local Docker
customBuildWithRestart('a', 'make', { deps: 'a', entrypoint: 'x', liveUpdate: [run('x')], skipsLocalDocker: true })
// @ts-expect-error deps are needed
customBuildWithRestart('a', 'make', { entrypoint: 'x', liveUpdate: [run('x')] })
