// A compose project, with one service that is built here and takes edits in while it runs.
import { dcResource, dockerBuild, dockerCompose, run, sync } from 'tiltts'

dockerCompose('./compose.yaml')
dcResource('api', { labels: ['backend'] })

dockerBuild('compose-live-update/api', './api', {
  liveUpdate: [
    sync('./api', '/app'),
    // Runs in the container, only when the list of dependencies has changed.
    run('cp package.json installed.json', { trigger: './api/package.json' }),
  ],
})
