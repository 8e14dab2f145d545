// A shop of five services on a cluster, each of them deployed in another way.
import {
  dockerBuild,
  fallBackOn,
  helm,
  inNamespace,
  k8sKind,
  k8sResource,
  k8sYaml,
  link,
  portForward,
  restartProcess,
  run,
  sync,
} from 'tiltts'

const namespace = 'kubernetes-shop'

// Waited for by all that is of that kind or goes into that namespace; nothing has to be said of the order.
k8sYaml({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
k8sYaml('./k8s/queue-crd.yaml')

// The manifests leave open where they go.
const manifests = ['migrate', 'operator', 'queue', 'api', 'web'].map((name) => `./k8s/${name}.yaml`)
k8sYaml(inNamespace(manifests, namespace))

// A chart of the repository. An edit of its values renders it again, and builds nothing.
k8sYaml(helm('./charts/cache', { name: 'cache', namespace, values: './values.dev.yaml' }))
dockerBuild('kubernetes-shop/cache', './cache')
const cache = k8sResource('cache', {
  objects: 'cache-goods:configmap',
  portForwards: '8202:8080',
  labels: 'backend',
})

// A Job: ready when it has succeeded, so whoever depends on it starts after that.
dockerBuild('kubernetes-shop/migrate', './migrate')
const migrate = k8sResource('migrate', { resourceDeps: [cache], labels: 'setup' })

// A kind of its own, and the operator that makes Deployments of it. The pods of those belong to the queue.
k8sKind('^Queue$', { imageJsonPath: '{.spec.image}' })
dockerBuild('kubernetes-shop/operator', './operator')
dockerBuild('kubernetes-shop/queue', './queue')
const operator = k8sResource('operator', {
  objects: ['operator:serviceaccount', 'operator:role', 'operator:rolebinding'],
  labels: 'setup',
})
const queue = k8sResource('queue', {
  objects: 'queue:service',
  readyWhen: ({ status }) => status?.phase === 'Running',
  portForwards: '8203:3000',
  resourceDeps: [operator],
  labels: 'backend',
})

// Live update: the server reads its texts anew for each request, so copying them is all.
dockerBuild('kubernetes-shop/api', './api', {
  liveUpdate: [
    fallBackOn('./api/Dockerfile'),
    sync('./api', '/app'),
    // Runs in the container, only when the list of dependencies has changed.
    run('cp package.json installed.json', { trigger: './api/package.json' }),
  ],
})
const api = k8sResource('api', {
  portForwards: '8201:3000',
  resourceDeps: [migrate, cache, queue],
  labels: 'backend',
})

// Live update: this one holds its code in memory, so its process starts anew, in the pod that stays.
dockerBuild('kubernetes-shop/web', './web', { liveUpdate: [sync('./web', '/app'), restartProcess()] })
k8sResource('web', {
  portForwards: portForward(8200, 3000, { name: 'Shop' }),
  links: link('https://tilt.dev', 'Tilt'),
  resourceDeps: [api],
  labels: 'frontend',
})
