import { kubernetesContract } from '../ports/kubernetes.contract.js'
import { manualClock } from './fake-clock.js'
import { fakeKubernetes } from './fake-kubernetes.js'

const never = new AbortController().signal

kubernetesContract('the fake', async () => {
  const clock = manualClock()
  const namespace = 'shop'
  const kubernetes = fakeKubernetes({ clock, context: { namespace } })
  await kubernetes.apply(
    { object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, force: true },
    never,
  )
  return {
    kubernetes,
    namespace,
    name: 'shop',
    image: 'busybox:latest',
    async kubectlApply(object) {
      const note = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' }
      const annotations = { ...object.metadata.annotations, ...note }
      kubernetes.applyAs('kubectl-client-side-apply', { ...object, metadata: { ...object.metadata, annotations } })
    },
    elapse: (ms) => clock.advance(ms),
    close: () => kubernetes.close(),
  }
})
