import { manifestsContract } from '../../../runtime/src/ports/manifests.contract.js'
import { describeWithHelm } from './testing/needs-helm.js'
import { realManifests } from './testing/real-manifests.js'

describeWithHelm('helm and kustomize of this machine', () =>
  manifestsContract('createManifests', () => realManifests()),
)
