import { composeContract } from '../../../runtime/src/ports/compose.contract.js'
import { describeWithDocker } from '../docker/testing/needs-docker.js'
import { realCompose } from './testing/real-compose.js'

describeWithDocker('the engine of this machine', () => composeContract('the compose command', () => realCompose()))
