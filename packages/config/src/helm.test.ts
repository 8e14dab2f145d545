import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { helm, kustomize } from './helm.js'
import { k8sYaml } from './k8s-yaml.js'
import { evaluate } from './testing/evaluate.js'

const anything = (value: unknown): never => value as never
const files = { 'chart/Chart.yaml': '', 'values.yaml': '', 'overlay/kustomization.yaml': '' }

describe('helm', () => {
  it('KY-06: keeps the chart with its options, and reads the files of values', async () => {
    const { graph, folder, reads } = await evaluate(
      () => {
        k8sYaml(helm('./chart'))
        k8sYaml(
          helm('chart', {
            name: 'api',
            namespace: 'shop',
            values: './values.yaml',
            set: ['a=1', 'b=x=y'],
            skipCrds: true,
            kubeVersion: '1.30',
          }),
        )
      },
      { files },
    )
    const base = { type: 'helm', chart: join(folder, 'chart') }
    expect(graph().kubernetes?.manifests.flatMap(({ sources }) => sources)).toEqual([
      { ...base, name: 'chart', values: [], set: [], skipCrds: false },
      {
        ...base,
        name: 'api',
        namespace: 'shop',
        values: [join(folder, 'values.yaml')],
        set: ['a=1', 'b=x=y'],
        skipCrds: true,
        kubeVersion: '1.30',
      },
    ])
    expect(reads).toEqual(['values.yaml'])
  })

  it('KY-06: refuses what is no folder of a chart, values that are not there, and what sets nothing', async () => {
    const { errors, folder, reads } = await evaluate(
      () => {
        helm('gone')
        helm('values.yaml')
        helm(anything(7))
        helm('chart', { values: ['more.yaml'] })
        helm('chart', { set: 'a' })
        helm('chart', { version: '1.0.0' })
      },
      { files },
    )
    expect(errors.map(({ message }) => message)).toEqual([
      `helm(): ${folder}/gone is not the folder of a chart: it does not exist`,
      `helm(): ${folder}/values.yaml is not the folder of a chart: it is a file`,
      'helm(): expected the folder of a chart, got 7',
      `helm("chart"): ${folder}/more.yaml in \`values\` cannot be read: it does not exist`,
      'helm("chart"): `set` must be a text of the form name=value or a list of them, but it is "a"',
      'helm("chart"): version, username and password are for charts of a `repo`',
    ])
    expect(reads).toEqual(expect.arrayContaining(['gone', 'more.yaml']))
  })
})

describe('helm of a repository', () => {
  it('EXT-43: takes a name and a password together, for a repository that is a URL', async () => {
    const repo = 'https://charts.example.com'
    const { errors, result } = await evaluate(() => {
      helm('a', { repo, username: 'me', password: 'hunter22' })
      helm('b', { repo: 'oci://charts.example.com', username: 'me', password: 'hunter22' })
      helm('c', { repo, username: 'me' })
      helm('d', { repo, password: 'hunter22' })
      helm('e', { repo: 'acme', username: 'me', password: 'hunter22' })
    })
    expect(errors.map(({ message }) => message)).toEqual([
      'helm("c") has a username, but no password',
      'helm("d") has a password, but no username',
      'helm("e"): username and password are for a `repo` that is a URL: helm knows how to get into "acme"',
    ])
    expect(result.secrets).toContainEqual({ value: 'hunter22', replacement: '[redacted secret]' })
  })
})

describe('helm of a registry', () => {
  it('KY-06: takes an oci:// reference as the chart, with a version or a digest', async () => {
    const digest = `sha256:${'a'.repeat(64)}`
    const { graph } = await evaluate(() => {
      k8sYaml(helm('oci://registry.example.com/charts/web', { version: '1.2.3', username: 'me', password: 'hunter22' }))
      k8sYaml(helm(`oci://registry.example.com/charts/web@${digest}`, { name: 'two' }))
    })
    expect(graph().kubernetes?.manifests.flatMap(({ sources }) => sources)).toMatchObject([
      {
        chart: 'oci://registry.example.com/charts/web',
        remote: { version: '1.2.3', username: 'me', password: 'hunter22' },
      },
      { chart: `oci://registry.example.com/charts/web@${digest}`, remote: {} },
    ])
  })

  it('takes no repository beside it', async () => {
    const { errors } = await evaluate(() => void helm('oci://registry.example.com/web', { repo: 'acme' }))
    expect(errors.map(({ message }) => message)).toEqual([
      'helm("oci://registry.example.com/web") says itself where the chart is: leave out `repo`',
    ])
  })
})

describe('kustomize', () => {
  it('KY-08: keeps the folder with flags and the program', async () => {
    const { graph, folder } = await evaluate(
      () => k8sYaml([kustomize('overlay'), kustomize('overlay', { flags: ['--enable-helm'], bin: 'kustomize5' })]),
      { files },
    )
    const base = { type: 'kustomize', dir: join(folder, 'overlay') }
    expect(graph().kubernetes?.manifests[0]?.sources).toEqual([
      { ...base, flags: [] },
      { ...base, flags: ['--enable-helm'], bin: 'kustomize5' },
    ])
  })

  it('refuses a folder that is not there', async () => {
    const { errors, folder } = await evaluate(() => void kustomize('gone'), { files })
    expect(errors).toMatchObject([
      {
        code: 'config/read-failed',
        message: `kustomize(): ${folder}/gone is not the folder of a kustomization: it does not exist`,
      },
    ])
  })
})
