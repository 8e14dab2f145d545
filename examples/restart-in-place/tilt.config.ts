// After the files are copied, the process of the container is started anew. The image has no part in it.
import { dockerBuild, dockerCompose, restartProcess, sync } from 'tiltts'

dockerCompose('./compose.yaml')

dockerBuild('restart-in-place/billing', './billing', {
  liveUpdate: [sync('./billing/build', '/app'), restartProcess()],
})
