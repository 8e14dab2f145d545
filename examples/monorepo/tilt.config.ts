// One image out of a large repository: a small context, and two folders that go into the running container.
import { dockerBuild, dockerCompose, restartProcess, sync } from 'tiltts'

dockerCompose('./compose.yaml')

dockerBuild('monorepo/web', '.', {
  dockerfile: 'services/web/Dockerfile',
  // All else in the repository neither goes into the build nor triggers one.
  only: ['services/web', 'packages/shared'],
  liveUpdate: [
    sync('./services/web/src', '/app/src'),
    sync('./packages/shared/src', '/app/node_modules/@monorepo/shared/src'),
    // Not needed where the server watches its files itself.
    restartProcess(),
  ],
})
