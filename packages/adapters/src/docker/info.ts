import type { DockerInfo } from '@tiltts/runtime/ports'
import type { EngineConnection } from './connection.js'

/** Asks anew each time: that is how it is found out whether the engine is there. */
export async function engineInfo(
  { call, host, engine }: EngineConnection,
  builder: { describe(): Promise<string> },
  signal: AbortSignal | undefined,
): Promise<DockerInfo> {
  const [info, description]: [unknown, string] = await Promise.all([
    call((docker) => docker.info(), { signal }),
    builder.describe(),
  ])
  const id = typeof info === 'object' && info !== null && 'ID' in info ? String(info.ID) : host
  const { version, apiVersion, flavour, arch } = engine
  return { id, version, apiVersion, flavour, arch, host, builder: description }
}
