// No live update here: each edit builds the image, and what changes seldom comes first in the Dockerfile.
import { dockerBuild, dockerCompose } from 'tiltts'

dockerCompose('./compose.yaml')

dockerBuild('layer-caching/app', './app', { only: ['src', 'package.json', 'install.mjs'] })
