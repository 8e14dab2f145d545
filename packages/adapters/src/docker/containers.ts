import type { ContainerInfo } from '@tiltts/runtime/ports'
import { inAnyOrder } from './channel/in-any-order.js'
import { statusOf } from './connection/failure.js'
import type { EngineConnection } from './connection.js'
import { containerInfo } from './container-info.js'

/** All with the labels, by the time they were made. */
export async function listContainers(
  connection: EngineConnection,
  labels: Readonly<Record<string, string>>,
): Promise<readonly ContainerInfo[]> {
  const filters = { label: labelFilter(labels) }
  const listed = await connection.call((docker, abortSignal) =>
    docker.listContainers({ all: true, filters, abortSignal }),
  )
  const found: ContainerInfo[] = []
  // The list lacks exit codes and health.
  await inAnyOrder(listed, async ({ Id }) => {
    const info = await inspectContainer(connection, Id)
    if (info) found.push(info)
  })
  return found.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
}

/** `undefined`: there is none. */
export async function inspectContainer(connection: EngineConnection, id: string): Promise<ContainerInfo | undefined> {
  return await orMissing(async () =>
    containerInfo(await connection.call((docker, abortSignal) => docker.getContainer(id).inspect({ abortSignal }))),
  )
}

/** What a call finds, `undefined` when the engine says that it is not there. */
export async function orMissing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (statusOf(error) === 404) return undefined
    throw error
  }
}

export function labelFilter(labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`)
}
