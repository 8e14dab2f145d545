import type { DockerInfo } from '@tiltts/runtime/ports'
import { readAll } from './connection/wire.js'
import type { EngineConnection } from './connection.js'

/** Of the engines behind connections that have been asked. A connection ends with its engine. */
const ids = new WeakMap<EngineConnection['engine'], string>()

/** An engine that takes longer to say that it is there is in trouble. */
const PING_MS = 10_000

/**
 * Asks anew each time: that is how it is found out whether the engine is there. What does not change is asked for once, since
 * that takes an engine tens of milliseconds.
 */
export async function engineInfo(
  { call, request, host, engine }: EngineConnection,
  builder: { describe(): Promise<string> },
  signal: AbortSignal | undefined,
): Promise<DockerInfo> {
  const idOf = async (): Promise<string> => {
    const known = ids.get(engine)
    if (known !== undefined) {
      await readAll(await request({ method: 'HEAD', path: '/_ping', signal, timeoutMs: PING_MS }))
      return known
    }
    const info: unknown = await call((docker) => docker.info(), { signal })
    const id = typeof info === 'object' && info !== null && 'ID' in info ? String(info.ID) : host
    ids.set(engine, id)
    return id
  }
  const [id, description] = await Promise.all([idOf(), builder.describe()])
  const { version, apiVersion, flavour, arch } = engine
  return { id, version, apiVersion, flavour, arch, host, builder: description }
}
