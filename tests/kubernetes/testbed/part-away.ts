import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { root } from '../../support/temp-project.js'

/** A process that the whole testbed has one of. */
type Part = 'apiserver' | 'controller-manager' | 'kubelet' | 'registry' | 'scheduler'

/** Comes back by itself then, whatever became of the test. */
const LONGEST_S = 60

/**
 * Ends a part of the testbed. The returned function starts it again and resolves when it is ready, which happens after the
 * test at the latest.
 */
export async function partAway(part: Part): Promise<() => Promise<void>> {
  const script = join(root, 'testbed/restart.sh')
  const child = spawn('bash', [script, part, '--away', `${LONGEST_S}`], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const isAway = new Promise<void>((resolve) => {
    const hear = (text: string): void => {
      output += text
      if (output.includes('is away')) resolve()
    }
    child.stdout.setEncoding('utf8').on('data', hear)
    child.stderr.setEncoding('utf8').on('data', hear)
  })
  const isBack = new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`restart.sh ${part} ended with ${code}: ${output}`))
    })
  })
  const back = (): Promise<void> => {
    child.kill('SIGTERM')
    return isBack
  }
  onTestFinished(back)
  await Promise.race([isAway, isBack])
  return back
}

/**
 * After an absence of the API server, the cluster's own parts wait up to half a minute before they ask it again. Started
 * anew, they ask at once.
 */
export async function clusterAwake(): Promise<void> {
  const parts: readonly Part[] = ['controller-manager', 'scheduler', 'kubelet']
  await Promise.all(parts.map(async (part) => (await partAway(part))()))
}
