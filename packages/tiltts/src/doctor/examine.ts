import { execFile } from 'node:child_process'
import type { Docker, Kubernetes } from '@tiltts/runtime/ports'
import { packageVersion } from '../version.js'
import { type Finding, probe, type Section } from './report.js'

/** What is examined: the engine and the cluster that a session here would use. */
export interface Patient {
  readonly docker: Pick<Docker, 'info'>
  readonly kubernetes: Pick<Kubernetes, 'context' | 'info'>
}

/** Asks everything at once. */
export async function examine({ docker, kubernetes }: Patient): Promise<readonly Section[]> {
  return [
    { title: 'Tilt', fields: [['Version', { value: `v${packageVersion()}` }]] },
    {
      title: 'System',
      fields: [
        ['Platform', { value: `${process.platform} ${process.arch}` }],
        ['Node', { value: process.version }],
      ],
    },
    ...(await Promise.all([dockerSection(docker), kubernetesSection(kubernetes)])),
  ]
}

async function dockerSection(docker: Patient['docker']): Promise<Section> {
  let info: Awaited<ReturnType<Docker['info']>> | undefined
  const engine = probe(async (signal) => {
    info = await docker.info(signal)
    return { value: info.host }
  })
  const [answer, compose, command] = await Promise.all([engine, probe(composeVersion), hasDocker()])
  // Who has nothing of Docker does not miss it.
  const host: Finding = 'error' in answer && !command && !process.env['DOCKER_HOST'] ? { absent: 'none' } : answer
  const of = (value: string | undefined): Finding => (value === undefined ? { absent: 'unknown' } : { value })
  return {
    title: 'Docker',
    fields: [
      ['Host', host],
      ['Server Version', of(info?.version)],
      ['API Version', of(info?.apiVersion)],
      ['Builder', of(info?.builder)],
      ['Compose Version', compose],
    ],
  }
}

function hasDocker(): Promise<boolean> {
  return new Promise((resolve) => {
    execFile('docker', ['--version'], (error) => resolve(error === null))
  })
}

function composeVersion(signal: AbortSignal): Promise<Finding> {
  const [command = 'docker', ...args] = process.env['TILT_DOCKER_COMPOSE_CMD']?.trim().split(/\s+/) ?? [
    'docker',
    'compose',
  ]
  return new Promise((resolve) => {
    execFile(command, [...args, 'version', '--short'], { signal }, (error, stdout) =>
      resolve(error === null ? { value: stdout.trim() } : { absent: 'none' }),
    )
  })
}

async function kubernetesSection(kubernetes: Patient['kubernetes']): Promise<Section> {
  const title = 'Kubernetes'
  let context: Awaited<ReturnType<Kubernetes['context']>>
  const found = await probe(async () => {
    context = await kubernetes.context()
    return context === undefined ? { absent: 'none' } : { value: context.name }
  })
  if (context === undefined) return { title, fields: [['Context', found]] }
  const { product, cluster, namespace } = context
  let info: Awaited<ReturnType<Kubernetes['info']>> | undefined
  const version = await probe(async (signal) => {
    info = await kubernetes.info(signal)
    return { value: info.version }
  })
  return {
    title,
    fields: [
      ['Env', { value: product }],
      ['Context', found],
      ['Cluster Name', { value: cluster }],
      ['Namespace', { value: namespace }],
      ['Container Runtime', info?.runtime === undefined ? { absent: 'unknown' } : { value: info.runtime }],
      ['Version', version],
    ],
  }
}
