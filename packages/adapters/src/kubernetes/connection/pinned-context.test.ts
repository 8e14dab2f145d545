import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { pinContext } from './pinned-context.js'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tiltts-home-'))
})
const account = async (): Promise<string> => {
  const folder = join(home, 'account')
  await mkdir(folder)
  await writeFile(join(folder, 'token'), 'secret')
  await writeFile(join(folder, 'namespace'), 'builds\n')
  return folder
}

describe('where a context comes from', () => {
  it('is the account of the pod within a cluster', async () => {
    const accountFolder = await account()
    const env = { HOME: home, KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' }
    const pinned = await pinContext({ env, accountFolder })
    expect(pinned?.context).toMatchObject({ name: 'in-cluster', namespace: 'builds', isLocal: false })
    expect(pinned?.cluster).toEqual({
      server: 'https://[fd00::1]:6443',
      'certificate-authority': join(accountFolder, 'ca.crt'),
    })
    expect(await pinned?.readUser()).toEqual({ tokenFile: join(accountFolder, 'token') })
  })

  it('is a kubeconfig before that, that of the home folder when none is named', async () => {
    await mkdir(join(home, '.kube'))
    const yaml =
      'current-context: a\ncontexts:\n- {name: a, context: {cluster: k3d-a}}\nclusters:\n- {name: k3d-a, cluster: {server: "http://x", certificate-authority: ca.crt}}\n'
    await writeFile(join(home, '.kube', 'config'), yaml)
    const env = { HOME: home, KUBERNETES_SERVICE_HOST: 'x' }
    const pinned = await pinContext({ env, accountFolder: await account() })
    expect(pinned?.context).toEqual({
      name: 'a',
      namespace: 'default',
      cluster: 'k3d-a',
      product: 'k3d',
      isLocal: true,
    })
    expect(pinned?.cluster).toMatchObject({ 'certificate-authority': join(home, '.kube', 'ca.crt') })
  })

  it('is none outside of a cluster without a kubeconfig', async () => {
    expect(await pinContext({ env: { HOME: home }, accountFolder: await account() })).toBeUndefined()
  })

  it('says which file cannot be read, and which entry is not there', async () => {
    const file = join(home, 'config')
    const env = { KUBECONFIG: file }
    await writeFile(file, 'contexts: [')
    await expect(pinContext({ env })).rejects.toThrow(`the kubeconfig ${file} cannot be read`)
    await writeFile(file, 'current-context: a\ncontexts:\n- {name: a, context: {cluster: gone}}\n')
    await expect(pinContext({ env })).rejects.toThrow(
      `context "a" names the cluster "gone", which is not in the kubeconfig ${file}`,
    )
  })
})
