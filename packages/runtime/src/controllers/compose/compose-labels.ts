import type { ContainerInfo } from '../../ports/docker.js'

const project = 'com.docker.compose.project'
const service = 'com.docker.compose.service'
const number = 'com.docker.compose.container-number'
const configHash = 'com.docker.compose.config-hash'
const oneOff = 'com.docker.compose.oneoff'

/** What the containers of a project's services have in common; those of `compose run` are left out. */
export function projectLabels(name: string): Readonly<Record<string, string>> {
  return { [project]: name, [oneOff]: 'False' }
}

export function serviceLabels(projectName: string, serviceName: string): Readonly<Record<string, string>> {
  return { ...projectLabels(projectName), [service]: serviceName }
}

/** The service a container belongs to. */
export function serviceOfContainer({ labels }: Pick<ContainerInfo, 'labels'>): string {
  return labels[service] ?? ''
}

/** Counts the containers of a service from 1. */
export function numberOfContainer({ labels }: Pick<ContainerInfo, 'labels'>): number {
  return Number(labels[number] ?? 1)
}

/** Compose's hash of the service that a container was made for. */
export function configHashOf({ labels }: Pick<ContainerInfo, 'labels'>): string {
  return labels[configHash] ?? ''
}
