import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createClient } from '../../packages/client/src/index.js'
import { until } from '../support/processes.js'
import type { TempProject } from '../support/temp-project.js'
import type { RunningTiltts } from '../support/tiltts.js'
import { kubectl } from './cluster-project.js'

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Waits until a port that a session forwards answers with a text. */
export async function answered(dev: RunningTiltts, port: number, text: string, timeoutMs = 60_000): Promise<void> {
  let last = ''
  const isSo = async (): Promise<boolean> => {
    last = await fetch(`http://127.0.0.1:${port}/`).then((response) => response.text(), String)
    return last === text
  }
  await until(`${port} answers ${JSON.stringify(text)}`, isSo, timeoutMs).catch((error: unknown) => {
    throw new Error(`it answers ${JSON.stringify(last)}:\n${dev.stdout()}`, { cause: error })
  })
}

/** What a namespace holds that somebody has deployed, and what came of that. */
export async function leftIn(namespace: string): Promise<readonly string[]> {
  const kinds = 'deployments,replicasets,jobs,pods,services,configmaps,secrets,serviceaccounts,roles,rolebindings'
  const found = await kubectl('get', '-n', namespace, kinds, '-o', 'name')
  const ofEach = ['configmap/kube-root-ca.crt', 'serviceaccount/default']
  return found.split('\n').filter((name) => name !== '' && !ofEach.includes(name))
}

/** What a session tells of its config. */
export async function configTold(project: TempProject, dev: RunningTiltts): Promise<string> {
  const port = Number(/http:\/\/localhost:(\d+)/.exec(dev.stdout())?.[1])
  const token = readFileSync(join(String(project.env['TILT_DEV_DIR']), 'token'), 'utf8').trim()
  return JSON.stringify(await createClient({ host: '127.0.0.1', port, token }).list('Tiltfile'))
}
