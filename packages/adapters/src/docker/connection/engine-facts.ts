import { InfraError } from '@tiltts/spec'
import type { EngineFacts } from '../connection.js'

/** The newest version of the API that this was written for. */
const NEWEST = '1.47'
/** Engines before 19.03 have no BuildKit to speak of. */
const OLDEST = '1.40'

/** What `GET /version` answers, as far as it is used. */
export interface VersionAnswer {
  readonly Version?: string
  readonly ApiVersion?: string
  readonly MinAPIVersion?: string
  readonly Arch?: string
  readonly Os?: string
  readonly Components?: readonly { readonly Name?: string; readonly Version?: string }[]
}

/** @param wanted DOCKER_API_VERSION, which wins */
export function engineFacts(answer: VersionAnswer, wanted: string | undefined): EngineFacts {
  const podman = answer.Components?.find(({ Name }) => Name?.toLowerCase().includes('podman'))
  return {
    version: podman?.Version ?? answer.Version ?? 'unknown',
    apiVersion: wanted?.replace(/^v/, '') || apiVersion(answer),
    flavour: podman ? 'podman' : 'docker',
    arch: answer.Arch ?? 'amd64',
    os: answer.Os ?? 'linux',
  }
}

function apiVersion({ ApiVersion = '0', MinAPIVersion = '0', Version }: VersionAnswer): string {
  if (older(ApiVersion, OLDEST)) {
    const message = `the Docker engine ${Version ?? ''} is too old: its API is ${ApiVersion}, at least ${OLDEST} is needed`
    throw new InfraError('docker/refused', 'docker', message)
  }
  const version = older(ApiVersion, NEWEST) ? ApiVersion : NEWEST
  // An engine that has left our versions behind may still understand what is asked in its own oldest.
  return older(version, MinAPIVersion) ? MinAPIVersion : version
}

/** Whether a version of the API, as `1.41`, is before another. */
export function older(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [otherMajor = 0, otherMinor = 0] = than.split('.').map(Number)
  return major < otherMajor || (major === otherMajor && minor < otherMinor)
}
