import { isTiltError } from '@tiltts/spec'
import type { ContainerChannel } from '../../ports/container-channel.js'
import type { Docker } from '../../ports/docker.js'

/** Ways into containers that stay open between updates, one a container. */
export interface Channels {
  /** Works with the channel of a container. One that turns out to be closed is opened anew, once. */
  with<T>(container: string, signal: AbortSignal, work: (channel: ContainerChannel) => Promise<T>): Promise<T>
  /** Opens it ahead of the first edit; that it cannot be opened is found out then. */
  warm(container: string): void
  /** Closes that of a container whose processes were started anew, and opens another one. */
  renew(container: string): void
  /** Closes those of all other containers of the same owner. */
  keep(owner: string, containers: readonly string[]): void
  closeAll(): Promise<void>
}

export function channels(docker: Pick<Docker, 'openContainer'>): Channels {
  const open = new Map<string, Promise<ContainerChannel>>()
  const owned = new Map<string, ReadonlySet<string>>()
  const ending = new AbortController()

  const channelOf = (container: string): Promise<ContainerChannel> => {
    const present = open.get(container)
    if (present !== undefined) return present
    const opened = docker.openContainer(container, ending.signal)
    open.set(container, opened)
    opened.catch(() => open.delete(container))
    return opened
  }

  const close = async (container: string): Promise<void> => {
    const present = open.get(container)
    open.delete(container)
    // One that was never open needs no closing.
    const channel = await present?.catch(() => undefined)
    await channel?.close()
  }

  const warm = (container: string): void => void channelOf(container).catch(() => {})

  return {
    async with(container, signal, work) {
      const fresh = !open.has(container)
      const channel = await channelOf(container)
      signal.throwIfAborted()
      try {
        return await work(channel)
      } catch (error) {
        if (!isTiltError(error) || error.code !== 'container/channel-closed') throw error
        await close(container)
        if (fresh) throw error
        return await work(await channelOf(container))
      }
    },
    warm,
    renew(container) {
      void close(container)
      warm(container)
    },
    keep(owner, containers) {
      const next = new Set(containers)
      for (const container of owned.get(owner) ?? []) if (!next.has(container)) void close(container)
      owned.set(owner, next)
    },
    async closeAll() {
      ending.abort()
      await Promise.all([...open.keys()].map(close))
    },
  }
}
