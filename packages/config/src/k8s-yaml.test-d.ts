import { k8sYaml } from './k8s-yaml.js'
import type { KubernetesObject, Yaml } from './kubernetes-object.js'
import { yaml } from './yaml-template.js'

const metadata = { name: 'x' }
const selector = { matchLabels: { app: 'a' } }
const template = {
  spec: { containers: [{ name: 'a', image: 'b', ports: [{ containerPort: 8080, protocol: 'TCP' }] }] },
}

// built-in kinds as they are
k8sYaml({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: 'b' } })
k8sYaml({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { replicas: 2, selector, template } })
k8sYaml([
  'a.yaml',
  yaml`a: b`,
  false,
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { selector: { app: 'a' }, ports: [{ port: 80, targetPort: 'http' }] },
  },
  { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { selector, template } },
  { apiVersion: 'example.com/v1', kind: 'Machine', metadata, spec: { anything: 1 } },
])
k8sYaml({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata,
  spec: {
    selector,
    serviceName: 'a',
    template,
    volumeClaimTemplates: [
      { metadata, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
    ],
  },
})
k8sYaml({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'nightly', labels: { a: 'b' } },
  spec: { schedule: '0 0 * * *', jobTemplate: { spec: { template } } },
})

// other kinds, and what only run time knows
k8sYaml({ apiVersion: 'example.com/v1', kind: 'Machine', metadata, spec: { anything: 1 } })
const read: readonly KubernetesObject[] = JSON.parse('[]')
const mixed: readonly (string | KubernetesObject | Yaml)[] = read
k8sYaml(read)
k8sYaml(mixed)
k8sYaml(read.map((object) => ({ ...object, metadata: { ...object.metadata, namespace: 'x' } })))
k8sYaml(['a', 'b'].map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })))
const paths: readonly string[] = ['a.yaml']
k8sYaml(paths)

// @ts-expect-error a field is misspelt
k8sYaml({ apiVersion: 'v1', kind: 'ConfigMap', metadata, dta: { a: 'b' } })
// @ts-expect-error values of a ConfigMap are texts
k8sYaml({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: 1 } })
// @ts-expect-error a number is no text
k8sYaml({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { replicas: '1', selector, template } })
// @ts-expect-error a field deep inside is misspelt
k8sYaml({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'a', imge: 'b' }] } })
// @ts-expect-error a Deployment has a template
k8sYaml({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { selector } })
k8sYaml([
  { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { selector, template } },
  // @ts-expect-error a field is misspelt in one of several
  { apiVersion: 'v1', kind: 'Service', metadata, spec: { prts: [] } },
])
// @ts-expect-error an object has a name
k8sYaml({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'x' } })
