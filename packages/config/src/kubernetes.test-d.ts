import { dockerBuild } from './docker-build.js'
import type { ImageHandle, ResourceHandle } from './handle.js'
import { helm, kustomize } from './helm.js'
import { k8sCustomDeploy } from './k8s-custom-deploy.js'
import { k8sForward } from './k8s-forward.js'
import { k8sResource, workloadToResourceFunction } from './k8s-resource.js'
import { filterYaml, type KubernetesObject, k8sYaml, type renderYaml, type Yaml } from './k8s-yaml.js'
import { v1alpha1 } from './objects/api-objects.js'
import { cmdButton } from './objects/buttons.js'
import { boolInput, choiceInput, hiddenInput, textInput } from './objects/inputs.js'
import { portForward } from './port-forward.js'
import { holds, type Same } from './testing/types.js'
import { yaml } from './yaml-template.js'

const ci: boolean = JSON.parse('true')
const image = dockerBuild('a', '.', { buildArgs: { A: 1 }, entrypoint: ['x'] })
holds<Same<typeof image, ImageHandle>>()

k8sYaml(['a.yaml', ci && 'b.yaml', helm('./chart', { set: 'a=b' }), kustomize('./k')])
k8sYaml({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { a: 'b' } })
k8sYaml(yaml`a: ${1}`, { transform: (o) => (o.kind === 'Job' ? null : { ...o, spec: { ...o.spec, replicas: 1 } }) })
const [matching] = filterYaml('a.yaml', { kind: /^Job$/ })
holds<Same<typeof matching, Yaml>>()
holds<Same<Awaited<ReturnType<typeof renderYaml>>, readonly KubernetesObject[]>>()

const api = k8sResource('api', {
  image,
  portForwards: [8080, '9090', '8080:80', 'localhost:1:2', portForward(1, 2, { name: 'x' }), portForward(`${8080}:80`)],
  readyWhen: (object) => object['status'].phase === 'Ready',
})
holds<Same<typeof api, ResourceHandle>>()
k8sResource({ newName: 'x', objects: 'a:namespace' })
k8sForward('grafana', { target: 'svc/grafana', portForwards: 3000 })
k8sCustomDeploy('x', { applyCmd: 'a', deleteCmd: ['b'], deps: './c', resourceDeps: api })
workloadToResourceFunction(({ name, kind }) => `${name}-${kind}`)

cmdButton('a', {
  resource: api,
  inputs: [choiceInput('way', ['up', 'down']), boolInput('dry'), textInput('name'), hiddenInput('id', 'x')],
  run: ({ inputs }) => {
    holds<Same<typeof inputs.way, 'up' | 'down'>>()
    holds<Same<typeof inputs.dry, boolean>>()
    holds<Same<typeof inputs.name, string>>()
  },
})
v1alpha1.extensionRepo({ name: 'x', url: 'https://example.com' })
v1alpha1.configMap({ name: 'x', data: { a: 'b' } })

// @ts-expect-error an image is no resource
k8sResource('web', { resourceDeps: [image] })
// @ts-expect-error a resource is no image
k8sResource('web', { image: api })
// @ts-expect-error no port
k8sResource('web', { portForwards: 'http' })
// @ts-expect-error objects are needed
k8sResource({ newName: 'x' })
// @ts-expect-error a manifest has a kind
k8sYaml({ apiVersion: 'v1', metadata: { name: 'x' } })
// @ts-expect-error no such thing to forward to
k8sForward('x', { target: 'grafana', portForwards: 1 })
// @ts-expect-error a button needs a place
cmdButton('a', { argv: ['a'] })
// @ts-expect-error a button runs something
cmdButton('a', { location: 'nav' })
// @ts-expect-error both commands are needed
k8sCustomDeploy('x', { applyCmd: 'a', deps: './c' })
