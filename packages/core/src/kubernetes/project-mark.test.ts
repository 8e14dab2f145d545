import { expect, it } from 'vitest'
import { deployment } from './manifests.test.support.js'
import { otherProjects, projectMark, withProjectMark } from './project-mark.js'

const hash = (text: string): string => text.replaceAll(/\W/g, '').padEnd(40, '0')
const [mine, theirs] = ['/a/tilt.config.ts', '/b/tilt.config.ts'].map((project) => projectMark(project, hash))

it('tells who else has applied an object, whatever else is annotated', () => {
  if (mine === undefined || theirs === undefined) throw new Error('no marks')
  const object = withProjectMark(withProjectMark(deployment('web'), mine), theirs)
  expect(otherProjects(object, mine)).toEqual(['/b/tilt.config.ts'])
  expect(otherProjects(object, theirs)).toEqual(['/a/tilt.config.ts'])
  expect(otherProjects(withProjectMark(deployment('web'), mine), mine)).toEqual([])
  expect(otherProjects(deployment('web'), mine)).toEqual([])
  expect(mine.fieldManager).not.toBe(theirs.fieldManager)
})

it('leaves nothing of a project in the pods, so that none is replaced for it', () => {
  if (mine === undefined) throw new Error('no mark')
  expect(withProjectMark(deployment('web'), mine)['spec']).toEqual(deployment('web')['spec'])
})
