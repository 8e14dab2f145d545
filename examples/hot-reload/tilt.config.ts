// Files that change are copied into the running container. What runs there watches them itself: nothing is restarted here.
import { dockerBuild, dockerCompose, sync } from 'tiltts'

dockerCompose('./compose.yaml')

dockerBuild('hot-reload/frontend', './frontend', {
  liveUpdate: [sync('./frontend/src', '/app/src'), sync('./frontend/public', '/app/public')],
})
