import { kubernetesContract } from '../../../runtime/src/ports/kubernetes.contract.js'
import { describeWithKubernetes } from './testing/needs-kubernetes.js'
import { realKubernetes } from './testing/real-kubernetes.js'

describeWithKubernetes('the cluster of this machine', () =>
  kubernetesContract('the real cluster', () => realKubernetes()),
)
