import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { contextName } from './context-name.js'
import { addToKubeconfig, type KubeconfigEntry, kubeconfigFile } from './kubeconfig.js'

let file = ''
const entry = (name: string, token = `token-of-${name}`): KubeconfigEntry => ({
  name,
  port: 4321,
  certificate: 'PEM',
  token,
})
const text = (): string => readFileSync(file, 'utf8')

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'tiltts-kubeconfig-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  file = join(folder, 'deep', 'config')
})

describe('the kubeconfig of sessions', () => {
  it('CLI-10: names a session by its port, the default one by that word', () => {
    expect(contextName(10350)).toBe('tilt-default')
    expect(contextName(10360)).toBe('tilt-10360')
  })

  it('CLI-11, CLI-12: is where TILT_CONFIG says, else in the folder of Tilt', () => {
    expect(kubeconfigFile({ TILT_CONFIG: '/x/kube' })).toBe('/x/kube')
    expect(kubeconfigFile({ TILT_DEV_DIR: '/dev/tilt' })).toBe('/dev/tilt/config')
    expect(kubeconfigFile({ WMDAEMON_HOME: '/wm' })).toBe('/wm/config')
    expect(kubeconfigFile({ WINDMILL_DIR: '/mill' })).toBe('/mill/config')
  })

  it('CLI-11: context, cluster and user carry the name of the session, with its certificate and token', async () => {
    await addToKubeconfig(file, entry('tilt-default'))
    expect(text()).toBe(`apiVersion: v1
kind: Config
clusters:
  - name: tilt-default
    cluster:
      server: https://127.0.0.1:4321
      certificate-authority-data: UEVN
users:
  - name: tilt-default
    user:
      token: token-of-tilt-default
contexts:
  - name: tilt-default
    context:
      cluster: tilt-default
      user: tilt-default
`)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('CLI-13: what others have written stays, comments and the current context too, while a session comes and goes', async () => {
    await addToKubeconfig(file, entry('tilt-1'))
    const before = `# mine\n${text()}current-context: tilt-1\nextra: { a: 1 } # kept\n`
    writeFileSync(file, before)
    const withdraw = await addToKubeconfig(file, entry('tilt-2'))
    expect(text()).toContain('tilt-2')
    expect(text()).toContain('current-context: tilt-1')
    await withdraw()
    expect(text()).toBe(before)
    expect(readdirSync(join(file, '..'))).toEqual(['config'])
  })

  it('CLI-13: an entry that a killed session has left is replaced, and the later session takes out its own alone', async () => {
    const first = await addToKubeconfig(file, entry('tilt-1', 'old'))
    const second = await addToKubeconfig(file, entry('tilt-1', 'new'))
    expect(text().match(/tilt-1$/gm)).toHaveLength(5)
    await first()
    expect(text()).toContain('token: new')
    await second()
    expect(text()).not.toContain('tilt-1')
  })

  it('CLI-13: sessions that start at the same time all stand in it', async () => {
    const names = Array.from({ length: 20 }, (_, n) => `tilt-${n}`)
    const withdraws = await Promise.all(names.map((name) => addToKubeconfig(file, entry(name))))
    for (const name of names) expect(text()).toContain(`token-of-${name}\n`)
    await Promise.all(withdraws.map((withdraw) => withdraw()))
    expect(text()).not.toContain('tilt-')
  })

  it('waits for a lock, but not for that of a process which has died', async () => {
    await addToKubeconfig(file, entry('tilt-1'))
    writeFileSync(`${file}.tiltts.lock`, '999999999')
    await addToKubeconfig(file, entry('tilt-2'))
    expect(text()).toContain('tilt-2')
  })

  it('a file that is no kubeconfig is left as it is, and named', async () => {
    await addToKubeconfig(file, entry('tilt-1'))
    writeFileSync(file, 'just a text')
    await expect(addToKubeconfig(file, entry('tilt-2'))).rejects.toMatchObject({ code: 'session/kubeconfig' })
    expect(text()).toBe('just a text')
  })
})
