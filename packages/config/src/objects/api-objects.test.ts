import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { probe } from '../probes.js'
import { evaluate, folderOf } from '../testing/evaluate.js'
import { v1alpha1 } from './api-objects.js'
import { textInput } from './inputs.js'

const anything = (value: unknown): never => value as never

describe('v1alpha1', () => {
  it('OBJ-01: records objects of each kind, with paths of the config made absolute', async () => {
    const { graph, folder } = await evaluate(() => {
      v1alpha1.cmd({
        name: 'a',
        args: ['make'],
        dir: 'sub',
        restartOn: { fileWatches: ['b'] },
        readinessProbe: probe.tcp({ port: 80 }),
      })
      v1alpha1.fileWatch({
        name: 'b',
        watchedPaths: ['src', '/abs'],
        ignores: [{ basePath: '.', patterns: ['*.tmp'] }],
      })
      v1alpha1.configMap({ name: 'c', data: { lit: 'no' }, labels: { team: 'shop' } })
      v1alpha1.uiButton({
        name: 'd',
        location: { componentType: 'Global', componentID: 'nav' },
        text: 'D',
        inputs: [textInput('x'), { name: 'y', hidden: { value: '1' } }],
        annotations: { 'tilt.dev/resource': 'web' },
      })
      v1alpha1.toggleButton({
        name: 'e',
        location: { componentType: 'Global', componentID: 'nav' },
        on: { text: 'Off' },
        off: { text: 'On' },
        stateSource: { configMap: { name: 'c', key: 'lit', onValue: 'yes', offValue: 'no' } },
      })
      v1alpha1.kubernetesApply({ name: 'f', applyCmd: { args: ['./apply'] }, timeout: '1m30s' })
      v1alpha1.kubernetesDiscovery({ name: 'g', watches: [{ namespace: 'shop' }] })
      v1alpha1.portForward({
        name: 'h',
        podName: 'web',
        forwards: [{ localPort: 80, containerPort: 8080, path: '/docs' }],
      })
    })
    expect(JSON.parse(JSON.stringify(graph().objects))).toMatchObject([
      {
        kind: 'Cmd',
        name: 'a',
        spec: {
          args: ['make'],
          dir: `${folder}/sub`,
          restartOn: { fileWatches: ['b'] },
          probe: { action: { port: 80 } },
        },
      },
      {
        kind: 'FileWatch',
        name: 'b',
        spec: { watchedPaths: [`${folder}/src`, '/abs'], ignores: [{ basePath: folder, patterns: ['*.tmp'] }] },
      },
      { kind: 'ConfigMap', name: 'c', spec: { data: { lit: 'no' } }, labels: { team: 'shop' } },
      {
        kind: 'UIButton',
        name: 'd',
        spec: {
          text: 'D',
          inputs: [
            { name: 'x', text: {} },
            { name: 'y', hidden: { value: '1' } },
          ],
        },
        annotations: { 'tilt.dev/resource': 'web' },
      },
      { kind: 'ToggleButton', name: 'e', spec: { on: { text: 'Off' }, stateSource: { configMap: { name: 'c' } } } },
      {
        kind: 'KubernetesApply',
        name: 'f',
        spec: { applyCmd: { args: ['./apply'], dir: folder }, timeout: '90000ms' },
      },
      { kind: 'KubernetesDiscovery', name: 'g', spec: { watches: [{ namespace: 'shop' }] } },
      {
        kind: 'PortForward',
        name: 'h',
        spec: {
          podName: 'web',
          forwards: [{ localPort: 80, containerPort: 8080, path: '/docs' }],
        },
      },
    ])
  })

  it('OBJ-01: complains of options that are unknown or wrong, and of names', async () => {
    const { errors } = await evaluate(() => {
      v1alpha1.cmd(anything({ name: 'a', arg: ['make'] }))
      v1alpha1.configMap(anything({ name: 'a', data: { n: 1 } }))
      v1alpha1.fileWatch({ name: 'a/b', watchedPaths: [] })
      v1alpha1.uiButton(anything({}))
    })
    expect(errors.map(({ message }) => message)).toEqual([
      "v1alpha1.cmd('a') has no option `arg`",
      "v1alpha1.configMap('a'): `data` must be an object whose values are strings, but it is { n: 1 }",
      'v1alpha1.fileWatch(): "a/b" cannot be a name',
      'v1alpha1.uiButton(): missing cannot be a name',
    ])
  })

  it('loads what an extension of a repository on this machine exports, when it is asked for', async () => {
    const repo = folderOf({
      'more/greet/tilt.config.mjs': 'export const greeting = "hello"',
      'more/other/tilt.config.mjs': 'throw new Error("never loaded")',
    })
    let greeting: unknown
    const { graph } = await evaluate(async () => {
      v1alpha1.extensionRepo({ name: 'ours', url: pathToFileURL(repo).href, gitSubpath: 'more' })
      void v1alpha1.extension({ name: 'other', repoName: 'ours' })
      const loaded = await v1alpha1.extension<{ greeting: string }>({
        name: 'hi',
        repoName: 'ours',
        repoPath: 'greet',
        args: ['--loud'],
      })
      greeting = loaded.greeting
    })
    expect(greeting).toBe('hello')
    expect(graph().objects).toMatchObject([
      { kind: 'ExtensionRepo', name: 'ours', spec: { gitSubpath: 'more' } },
      { kind: 'Extension', name: 'other', spec: { repoName: 'ours', repoPath: 'other', args: [] } },
      { kind: 'Extension', name: 'hi', spec: { repoName: 'ours', repoPath: 'greet', args: ['--loud'] } },
    ])
  })

  it.each([
    ['no repository is declared', 'other', 'no extensionRepo is called other'],
    ['it is on another machine', 'far', 'https://example.com/x is on another machine'],
  ])('says why an extension cannot be loaded: %s', async (_, repoName, message) => {
    const { errors } = await evaluate(async () => {
      v1alpha1.extensionRepo({ name: 'far', url: 'https://example.com/x' })
      await v1alpha1.extension({ name: 'hi', repoName })
    })
    expect(errors.map((error) => error.message)).toEqual([expect.stringContaining(message)])
  })
})
