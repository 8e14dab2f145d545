import { expect, it } from 'vitest'
import { manifestsContract } from '../ports/manifests.contract.js'
import { fakeFiles } from './fake-files.js'
import { fakeManifests } from './fake-manifests.js'

manifestsContract('fakeManifests', async () => {
  const files = fakeFiles()
  files.mkdir('/shop')
  const manifests = fakeManifests({ files })
  return {
    manifests,
    dir: '/shop',
    async write(path, text) {
      files.write(`/shop/${path}`, text)
      return `/shop/${path}`
    },
    async chart(name, rendered) {
      manifests.chart(`/shop/${name}`, rendered)
      return `/shop/${name}`
    },
    async kustomization(name, built) {
      manifests.kustomization(`/shop/${name}`, built)
      return `/shop/${name}`
    },
    close: async () => {},
  }
})

it('fails as long as a test says so, and remembers what was loaded', async () => {
  const manifests = fakeManifests({ files: fakeFiles(), charts: { '/c': ({ set }) => `# ${set}` } })
  const source = { type: 'helm', chart: '/c', name: 'c', values: [], set: ['a=b'], skipCrds: false } as const
  const { signal } = new AbortController()
  manifests.fail({ code: 'helm/missing', severity: 'error', message: 'no helm', places: [] })
  expect((await manifests.load([source], signal)).diagnostics.map(({ message }) => message)).toEqual(['no helm'])
  manifests.fail(undefined)
  expect(await manifests.load([source], signal)).toMatchObject({ documents: [], diagnostics: [] })
  expect(manifests.loads()).toEqual([[source], [source]])
})
