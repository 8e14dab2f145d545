import { expect, it } from 'vitest'
import { declaredObject } from '../../testing/declared-object.js'
import { simulateJobs } from '../../testing/simulate-jobs.js'

it('API-57, OBJ-01: extensions and their repositories tell where they are, or why they are not', async () => {
  const repo = (name: string, url: string) => declaredObject('ExtensionRepo', name, { url, gitSubpath: 'more' })
  const extension = (name: string, repoName: string) =>
    declaredObject('Extension', name, { repoName, repoPath: 'greet', args: ['--loud'] })
  const { sim } = await simulateJobs((c) =>
    c.graph({
      objects: [
        extension('near', 'ours'),
        extension('far', 'theirs'),
        extension('lost', 'nobody'),
        repo('ours', 'file:///srv/extensions'),
        repo('theirs', 'https://example.com/x'),
      ],
    }),
  )
  expect(sim.store.get('ExtensionRepo', 'ours')?.status).toEqual({ path: '/srv/extensions' })
  expect(sim.store.get('Extension', 'near')?.status).toEqual({ path: '/srv/extensions/more/greet' })
  expect(sim.store.get('ExtensionRepo', 'theirs')?.status.error).toContain('is on another machine')
  expect(sim.store.get('Extension', 'far')?.status.error).toContain('ExtensionRepo "theirs": https://example.com/x')
  expect(sim.store.get('Extension', 'lost')?.status).toEqual({ error: 'there is no ExtensionRepo "nobody"' })
})
