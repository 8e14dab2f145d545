import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SharedSession, sharedSession } from './shared-session.js'

export interface KubectlRan {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A session, and the real kubectl beside it. */
export interface KubectlSession {
  readonly session: SharedSession
  /** The file that the session has written for clients. */
  readonly kubeconfig: string
  /** Runs kubectl with that file, and a cache of its own. */
  kubectl(args: readonly string[], input?: string): Promise<KubectlRan>
  end(): Promise<void>
}

/** Starts a session with a server `api` and a resource `broken` that fails; resolves when kubectl sees them so. */
export async function kubectlSession(config: string): Promise<KubectlSession> {
  const session = await sharedSession({ 'tilt.config.ts': config }, /│ serving/)
  const cache = mkdtempSync(join(tmpdir(), 'tiltts-kubectl-'))
  const kubeconfig = join(session.env['TILT_DEV_DIR'] ?? '', 'config')
  const kubectl: KubectlSession['kubectl'] = (args, input) =>
    new Promise((resolve) => {
      const context = /name: (tilt-\S+)/.exec(readFileSync(kubeconfig, 'utf8'))?.[1] ?? ''
      const argv = ['--kubeconfig', kubeconfig, '--context', context, '--cache-dir', cache, ...args]
      const child = execFile('kubectl', argv, { env: session.env }, (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code), out, err }),
      )
      child.stdin?.end(input)
    })
  const end = async (): Promise<void> => {
    await session.end()
    rmSync(cache, { recursive: true, force: true })
  }
  try {
    await session.until(() => existsSync(kubeconfig))
    await kubectl(['wait', 'uiresource/api', '--for=condition=Ready', '--timeout=20s'])
    await kubectl(['wait', 'uiresource/broken', '--for=jsonpath={.status.updateStatus}=error', '--timeout=20s'])
  } catch (error) {
    await end()
    throw error
  }
  return { session, kubeconfig, kubectl, end }
}
