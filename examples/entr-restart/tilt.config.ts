// The image brings its own restart: a watcher starts the server anew when the last step of the live update touches a file.
import { dockerBuild, dockerCompose, run, sync } from 'tiltts'

dockerCompose('./compose.yaml')

dockerBuild('entr-restart/worker', './worker', {
  liveUpdate: [sync('./worker/src', '/app/src'), run('date > /tmp/restart')],
})
