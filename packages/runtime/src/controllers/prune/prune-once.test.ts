import { describe, expect, it } from 'vitest'
import { manualClock } from '../../testing/fake-clock.js'
import { fakeCompose } from '../../testing/fake-compose.js'
import { fakeConfigHost } from '../../testing/fake-config-host.js'
import { type FakeDocker, fakeDocker } from '../../testing/fake-docker.js'
import { fakeFiles } from '../../testing/fake-files.js'
import { fakeKubernetes } from '../../testing/fake-kubernetes.js'
import { fakeManifests } from '../../testing/fake-manifests.js'
import { fakeProcesses } from '../../testing/fake-processes.js'
import { type SimulatedConfig, type SimulatedScript, simulatedScript } from '../../testing/simulated-config.js'
import { pruneOnce } from './prune-once.js'

const mainPath = '/project/tilt.config.ts'

async function prune(config: SimulatedScript, before: (docker: FakeDocker) => void = () => {}) {
  const clock = manualClock()
  const processes = fakeProcesses({ clock })
  const configHost = fakeConfigHost({ clock, processes })
  const files = fakeFiles({ '/project/api/Dockerfile': 'FROM busybox' })
  configHost.write(mainPath, simulatedScript(config, '/project', files))
  const docker = fakeDocker({ clock })
  before(docker)
  await clock.advance(24 * 3_600_000)
  const compose = fakeCompose({ docker, projects: { '/project/compose.json': { services: { s: { image: 'api' } } } } })
  let output = ''
  const { diagnostics } = await pruneOnce({
    ports: {
      clock,
      configHost,
      docker,
      compose,
      kubernetes: fakeKubernetes({ clock }),
      manifests: fakeManifests({ files }),
    },
    options: { mainPath, args: [], env: {} },
    onOutput: (text) => {
      output += text
    },
  })
  return { diagnostics, output, has: async (ref: string) => (await docker.inspectImage(ref)) !== undefined }
}

const labels = { 'dev.tilt.gc': 'true' }
const config = (c: SimulatedConfig): void => {
  c.image('api', 'api')
  c.compose('compose.json')
  c.settings({ prune: { disable: true, keepRecent: 1 } })
}

describe('pruning on demand', () => {
  it('PRUNE-03: prunes once by the settings of the config, also when they switch pruning off, and says what came of it', async () => {
    const { diagnostics, output, has } = await prune(config, (docker) => {
      for (let i = 0; i < 3; i++) docker.image(`api:${i}`, { labels, files: { '/a': `content ${i}` } })
    })
    expect(diagnostics).toEqual([])
    expect(output).toMatch(/^Docker prune: removed 2 images; freed \d+ B\n$/)
    expect(await Promise.all(['api:0', 'api:1', 'api:2'].map(has))).toEqual([true, false, false])
    expect((await prune(config)).output).toBe('Docker prune: nothing to remove\n')
  })

  it('has nothing to do for a config without images', async () => {
    expect((await prune((c) => c.local('a', { cmd: 'true' }))).output).toBe(
      'Nothing to prune: the config builds no images\n',
    )
  })

  it('removes nothing when the config fails', async () => {
    const { diagnostics, has } = await prune(
      (c) => {
        config(c)
        c.fail('no license')
      },
      (docker) => void docker.image('api:0', { labels }),
    )
    expect(diagnostics).toMatchObject([{ message: 'no license' }])
    expect(await has('api:0')).toBe(true)
  })
})
