// Dependencies are installed in the running container, but only when their list has changed.
import { dockerBuild, dockerCompose, fallBackOn, restartProcess, run, sync } from 'tiltts'

dockerCompose('./compose.yaml')

dockerBuild('conditional-install/api', './api', {
  liveUpdate: [
    // Another Dockerfile is another image.
    fallBackOn('./api/Dockerfile'),
    sync('./api', '/app'),
    run('node install.mjs', { trigger: './api/package.json' }),
    // Not needed where the server watches its files itself.
    restartProcess(),
  ],
})
