import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** What a test may need that a machine may lack. */
export type Requirement = 'docker' | 'kubernetes' | 'kubectl' | 'testbed' | 'browser' | 'go' | 'jq'

const demanded = (process.env['TILTTS_REQUIRE'] ?? '').split(',')
const works = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore', timeout: 10_000 }).status === 0

/** Where Chromium is on this machine. */
export const chromium: string | undefined = [
  process.env['TILTTS_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
].find((path) => path !== undefined && path !== '' && existsSync(path))

const missing: Readonly<Record<Requirement, () => string | undefined>> = {
  docker: () => (works('docker', 'version') ? undefined : 'no Docker engine answers (docker version)'),
  kubernetes: () =>
    works('kubectl', 'get', '--raw', '/readyz')
      ? undefined
      : 'no Kubernetes cluster answers (kubectl get --raw /readyz)',
  kubectl: () => (works('kubectl', 'version', '--client') ? undefined : 'no kubectl is on the PATH'),
  testbed: () =>
    existsSync(`${process.env['TESTBED_RUN']}/log/apiserver.pid`)
      ? undefined
      : 'no cluster whose parts may be restarted (testbed/up.sh, then . testbed/env.sh)',
  jq: () => (works('jq', '--version') ? undefined : 'no jq is on the PATH'),
  go: () => (works('go', 'version') ? undefined : 'no Go is on the PATH (go version)'),
  browser: () => (chromium === undefined ? 'no Chromium at /usr/bin/chromium or TILTTS_CHROMIUM' : undefined),
}

/**
 * Why a test has to be skipped here; `undefined` when it can run. Names in `TILTTS_REQUIRE` turn a skip into a failure.
 *
 * @example
 * const skip = skipReason('docker')
 * it.skipIf(skip !== undefined)(`builds an image${skip ? ` (skipped: ${skip})` : ''}`, …)
 */
export function skipReason(...requirements: Requirement[]): string | undefined {
  const reasons = requirements.flatMap((requirement) => {
    const reason = missing[requirement]()
    if (reason !== undefined && demanded.includes(requirement))
      throw new Error(`TILTTS_REQUIRE names ${requirement}, but: ${reason}`)
    return reason ?? []
  })
  return reasons.length > 0 ? reasons.join('; ') : undefined
}
