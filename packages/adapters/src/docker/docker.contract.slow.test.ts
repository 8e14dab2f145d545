import { dockerContract } from '../../../runtime/src/ports/docker.contract.js'
import { describeWithDocker } from './testing/needs-docker.js'
import { realEngine } from './testing/real-engine.js'

describeWithDocker('the engine of this machine', () => dockerContract('the real engine', () => realEngine()))
