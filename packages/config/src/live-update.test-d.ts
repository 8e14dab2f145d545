import { dockerBuild } from './docker-build.js'
import {
  fallBackOn,
  initialSync,
  type LiveUpdate,
  liveUpdate,
  restartContainer,
  restartProcess,
  run,
  sync,
} from './live-update.js'
import { holds, type Same } from './testing/types.js'

const edit: boolean = JSON.parse('true')
const shared = liveUpdate(
  fallBackOn(['a']),
  initialSync(),
  sync('a', '/a'),
  run('x', { trigger: 'y' }),
  restartContainer(),
)
holds<Same<typeof shared, LiveUpdate>>()
liveUpdate(initialSync(), fallBackOn('a'), sync('a', '/a'))
liveUpdate(edit && sync('a', '/a'), run(['x']), edit && restartProcess())
liveUpdate(...['a', 'b'].map((folder) => sync(folder, `/app/${folder}`)))
dockerBuild('a', '.', { liveUpdate: shared })
dockerBuild('a', '.', { liveUpdate: [edit && sync('a', '/a'), run('x')] })
dockerBuild('a', '.', { liveUpdate: ['a'].map((folder) => sync(folder, '/a')) })
dockerBuild('a', '.', { liveUpdate: undefined, only: ['a', edit && 'b'] })

// @ts-expect-error a sync after a run
liveUpdate(run('x'), sync('a', '/a'))
// @ts-expect-error fallBackOn not first
liveUpdate(sync('a', '/a'), fallBackOn('b'))
// @ts-expect-error nothing after a restart
liveUpdate(sync('a', '/a'), restartProcess(), run('x'))
// @ts-expect-error the order is checked in a literal list, too
dockerBuild('a', '.', { liveUpdate: [run('x'), sync('a', '/a')] })
// @ts-expect-error a step without its destination
sync('a')
