/** What a field of a built-in kind holds, as far as it is checked. */
export type Shape = Scalar | { readonly listOf: Shape } | { readonly mapOf: Shape } | { readonly fields: Fields }
export type Scalar = 'text' | 'integer' | 'truth' | 'text or integer' | 'quantity' | 'anything'
export interface Fields {
  readonly [field: string]: Shape
}

const map: Shape = { fields: {} }
const texts: Shape = { mapOf: 'text' }
const list = (listOf: Shape): Shape => ({ listOf })
const fields = (all: Fields): Shape => ({ fields: all })

export const metadata: Shape = fields({
  name: 'text',
  namespace: 'text',
  generateName: 'text',
  labels: texts,
  annotations: texts,
  finalizers: list('text'),
  ownerReferences: list(map),
})

const probe = fields({
  httpGet: fields({ path: 'text', port: 'text or integer', host: 'text', scheme: 'text' }),
  tcpSocket: fields({ port: 'text or integer', host: 'text' }),
  exec: fields({ command: list('text') }),
  initialDelaySeconds: 'integer',
  periodSeconds: 'integer',
  timeoutSeconds: 'integer',
  successThreshold: 'integer',
  failureThreshold: 'integer',
})

const container = fields({
  name: 'text',
  image: 'text',
  imagePullPolicy: 'text',
  workingDir: 'text',
  command: list('text'),
  args: list('text'),
  env: list(fields({ name: 'text', value: 'text', valueFrom: map })),
  envFrom: list(map),
  ports: list(
    fields({ containerPort: 'integer', hostPort: 'integer', name: 'text', protocol: 'text', hostIP: 'text' }),
  ),
  resources: fields({ limits: { mapOf: 'quantity' }, requests: { mapOf: 'quantity' } }),
  volumeMounts: list(fields({ name: 'text', mountPath: 'text', subPath: 'text', readOnly: 'truth' })),
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  lifecycle: map,
  securityContext: map,
  stdin: 'truth',
  tty: 'truth',
})

const podSpec = fields({
  containers: list(container),
  initContainers: list(container),
  volumes: list(fields({ name: 'text' })),
  nodeSelector: texts,
  serviceAccountName: 'text',
  restartPolicy: 'text',
  hostNetwork: 'truth',
  terminationGracePeriodSeconds: 'integer',
  imagePullSecrets: list(fields({ name: 'text' })),
  tolerations: list(map),
  affinity: map,
  securityContext: map,
})

const template = fields({ metadata, spec: podSpec })
const selector = fields({ matchLabels: texts, matchExpressions: list(map) })
const workload = fields({ spec: fields({ replicas: 'integer', selector, template }) })
const job = fields({
  backoffLimit: 'integer',
  completions: 'integer',
  parallelism: 'integer',
  activeDeadlineSeconds: 'integer',
  suspend: 'truth',
  selector,
  template,
})

/** By `group/Kind`. What is not here is taken as it is. */
export const shapes: Readonly<Record<string, Shape>> = {
  '/Pod': fields({ spec: podSpec }),
  '/PodTemplate': fields({ template }),
  '/ReplicationController': fields({ spec: fields({ replicas: 'integer', selector: texts, template }) }),
  'apps/Deployment': workload,
  'apps/StatefulSet': workload,
  'apps/DaemonSet': workload,
  'apps/ReplicaSet': workload,
  'batch/Job': fields({ spec: job }),
  'batch/CronJob': fields({
    spec: fields({ schedule: 'text', suspend: 'truth', jobTemplate: fields({ spec: job }) }),
  }),
  '/Service': fields({
    spec: fields({
      type: 'text',
      clusterIP: 'text',
      externalName: 'text',
      selector: texts,
      ports: list(
        fields({
          name: 'text',
          protocol: 'text',
          port: 'integer',
          targetPort: 'text or integer',
          nodePort: 'integer',
        }),
      ),
    }),
  }),
  '/ConfigMap': fields({ data: texts, binaryData: texts, immutable: 'truth' }),
  '/Secret': fields({ data: texts, stringData: texts, type: 'text', immutable: 'truth' }),
  '/PersistentVolumeClaim': fields({
    spec: fields({ accessModes: list('text'), storageClassName: 'text', volumeName: 'text' }),
  }),
  'networking.k8s.io/Ingress': fields({ spec: fields({ ingressClassName: 'text', rules: list(map) }) }),
  'rbac.authorization.k8s.io/Role': fields({ rules: list(map) }),
  'rbac.authorization.k8s.io/ClusterRole': fields({ rules: list(map) }),
  'rbac.authorization.k8s.io/RoleBinding': fields({ subjects: list(map), roleRef: map }),
  'rbac.authorization.k8s.io/ClusterRoleBinding': fields({ subjects: list(map), roleRef: map }),
  'apiextensions.k8s.io/CustomResourceDefinition': fields({
    spec: fields({ group: 'text', scope: 'text', names: map, versions: list(map) }),
  }),
}
