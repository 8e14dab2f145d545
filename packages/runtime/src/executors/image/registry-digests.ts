import type { Docker } from '../../ports/docker.js'

/** What registries have. Each reference is asked for once a session, and again with each build that was asked for. */
export interface RegistryDigests {
  /** @param fresh asks again */
  of(ref: string, fresh: boolean, signal: AbortSignal): Promise<string | undefined>
}

export function registryDigests(docker: Pick<Docker, 'registryDigest'>): RegistryDigests {
  const told = new Map<string, string>()
  return {
    async of(ref, fresh, signal) {
      const before = fresh ? undefined : told.get(ref)
      const digest = before ?? (await docker.registryDigest(ref, signal))
      // What could not be told is asked for the next time.
      if (digest !== undefined) told.set(ref, digest)
      return digest
    },
  }
}
