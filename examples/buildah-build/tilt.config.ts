// The image is built elsewhere and goes straight to a registry: it is never in local Docker before it is deployed.
import { customBuild, dockerCompose } from 'tiltts'

dockerCompose('./compose.yaml')

customBuild(
  '127.0.0.1:5000/buildah-build/api',
  './buildah.sh bud -t $EXPECTED_REF ./api && ./buildah.sh push $EXPECTED_REF',
  { deps: ['./api'], skipsLocalDocker: true },
)
