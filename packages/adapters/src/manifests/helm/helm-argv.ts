import type { HelmSource } from '@tiltts/spec'

/** What follows `helm`. `chart`: what the chart is called on the command line. */
export function helmArgs(source: HelmSource, chart: string): readonly string[] {
  const { name, namespace, values, set, skipCrds, kubeVersion, remote } = source
  return [
    ...['template', name, chart],
    ...(skipCrds ? ['--skip-crds'] : ['--include-crds']),
    ...(namespace ? ['--namespace', namespace] : []),
    ...(kubeVersion ? ['--kube-version', kubeVersion] : []),
    ...(remote?.version ? ['--version', remote.version] : []),
    ...values.flatMap((file) => ['--values', file]),
    ...set.flatMap((one) => ['--set', one]),
  ]
}
