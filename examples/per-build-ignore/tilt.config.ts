// Two images from one context. What each of them ignores neither goes into its build nor triggers one.
import { dockerBuild, dockerCompose } from 'tiltts'

dockerCompose('./compose.yaml')

const never = ['**/*.test.mjs', '**/*.md']
dockerBuild('per-build-ignore/api', '.', { dockerfile: 'api/Dockerfile', ignore: ['web', ...never] })
dockerBuild('per-build-ignore/web', '.', { dockerfile: 'web/Dockerfile', ignore: ['api', ...never] })
