import { type Command, exitCode } from '../cli/command.js'
import { evaluateOnce } from '../engine/evaluate-once.js'
import { clusterFlags, evaluationFlags } from '../engine/invoked-ports.js'

export const command: Command = {
  usage: '[-- args…]',
  summary: 'evaluate the config and show what is wrong with it',
  details:
    'Nothing is started, built or deployed. Manifests are read, charts rendered, and compose files read by the compose command; neither the Docker engine nor the cluster is asked. Of the cluster only the kubeconfig is looked at, where there is one.',
  flags: { ...evaluationFlags, ...clusterFlags },
  async run(invocation) {
    const { linked } = await evaluateOnce(invocation)
    if (linked === undefined) return exitCode.usage
    const { resources, images } = linked
    const objects = resources.reduce((sum, { spec }) => sum + (spec.kubernetes?.objects.length ?? 0), 0)
    const counts = [
      count(resources.length, 'resource'),
      ...(objects > 0 ? [`${count(objects, 'object')} of Kubernetes`] : []),
      ...(images.length > 0 ? [count(images.length, 'image')] : []),
    ]
    process.stdout.write(`The config is fine: ${counts.join(', ')}\n`)
    return exitCode.ok
  },
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`
