import { execFile } from 'node:child_process'
import { InfraError } from '@tiltts/spec'
import { UsageError } from '../cli/usage-error.js'

/** By itself, or as it is in kubectl. */
const tools = [
  ['kustomize', 'build'],
  ['kubectl', 'kustomize'],
] as const

/** So much text a kustomization may make, in bytes. */
const mostText = 64 << 20

/** The YAML that a kustomization makes. Throws a UsageError with what is wrong with it, or an InfraError without a kustomize. */
export async function kustomized(folder: string): Promise<string> {
  for (const [command, ...args] of tools) {
    const text = await outputOf(command, [...args, folder])
    if (text !== undefined) return text
  }
  throw new InfraError(
    'process/spawn-failed',
    'process',
    `Neither kustomize nor kubectl is on the PATH, which make objects of ${folder}`,
  )
}

/** `undefined`: there is no such command. */
function outputOf(command: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    execFile(command, [...args], { maxBuffer: mostText }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else if (error.code === 'ENOENT') resolve(undefined)
      else reject(new UsageError(`${command} ${args.join(' ')} failed: ${stderr.trim() || error.message}`))
    })
  })
}
