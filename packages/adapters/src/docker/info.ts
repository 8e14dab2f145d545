import type { DockerInfo } from '@tiltts/runtime/ports'
import { readAll } from './connection/wire.js'
import type { EngineConnection } from './connection.js'

interface Lasting {
  readonly id: string
  readonly containerdImages?: boolean
}

/** Of the engines behind connections that have been asked. A connection ends with its engine. */
const asked = new WeakMap<EngineConnection['engine'], Lasting>()

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
  const lasting = async (): Promise<Lasting> => {
    const known = asked.get(engine)
    if (known !== undefined) {
      await readAll(await request({ method: 'HEAD', path: '/_ping', signal, timeoutMs: PING_MS }))
      return known
    }
    const info: unknown = await call((docker) => docker.info(), { signal })
    const id = typeof info === 'object' && info !== null && 'ID' in info ? String(info.ID) : host
    const found = { id, ...imageStore(info) }
    asked.set(engine, found)
    return found
  }
  const [about, description] = await Promise.all([lasting(), builder.describe()])
  const { version, apiVersion, flavour, arch } = engine
  return { ...about, version, apiVersion, flavour, arch, host, builder: description }
}

/** The driver of images says so: `[["driver-type", "io.containerd.snapshotter.v1"]]`. */
function imageStore(info: unknown): Pick<Lasting, 'containerdImages'> {
  const status = typeof info === 'object' && info !== null && 'DriverStatus' in info ? info.DriverStatus : undefined
  if (!Array.isArray(status)) return {}
  const pairs: readonly unknown[] = status
  return { containerdImages: pairs.some((pair) => Array.isArray(pair) && String(pair[1]).startsWith('io.containerd.')) }
}
