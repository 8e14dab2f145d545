import { tmpdir } from 'node:os'
import type { Processes } from '@tiltts/runtime/ports'
import type { EngineConnection } from '../../connection.js'

export type BuildxVersion = { readonly version: string } | { readonly problem: string }

/** The first that tells its progress as JSON. */
const oldest = [0, 13] as const

/** Which buildx the docker command has, or why it cannot be used. */
export async function buildxVersion({
  connection,
  processes,
}: {
  readonly connection: Pick<EngineConnection, 'env'>
  readonly processes: Pick<Processes, 'spawn'>
}): Promise<BuildxVersion> {
  let output = ''
  const running = processes.spawn({
    argv: ['docker', 'buildx', 'version'],
    dir: tmpdir(),
    env: connection.env,
    oneOff: true,
    onOutput: (text) => {
      output += text
    },
  })
  const { exitCode, reason } = await running.exited
  const [, version] = /\bbuildx v?(\d+\.\d+\.\d+)/.exec(output) ?? []
  if (exitCode !== 0 || version === undefined) {
    const why = reason ?? output.trim().split('\n').at(-1) ?? ''
    return {
      problem: `images are to be built by buildx, which is not there: ${why || `docker buildx ended with exit code ${exitCode}`}`,
    }
  }
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > oldest[0] || minor >= oldest[1]) return { version }
  return {
    problem: `images are to be built by buildx, but buildx ${version} is too old: ${oldest.join('.')} or later is needed`,
  }
}
