import { describe, expect, it } from 'vitest'
import { composeGraph, composeNode, project, service } from './compose.test.support.js'
import { composeProjects } from './compose-projects.js'
import { at, complaints, hintsOf } from './graph.test.support.js'

const projectsOf = (...compose: readonly ReturnType<typeof composeNode>[]) => composeProjects({ compose })

describe('composeProjects', () => {
  it('DCC-02: keeps the name and the folder that the config gives, and leaves a missing name to compose', () => {
    expect(projectsOf(composeNode({ name: 'x', dir: '/a' }))[0]?.project).toMatchObject({ name: 'x', dir: '/a' })
    expect(projectsOf(composeNode())[0]?.project.name).toBeUndefined()
  })

  it('DCC-04: calls for one project are one, of all files; the last file of variables wins, else the first call', () => {
    const [only, ...others] = projectsOf(
      composeNode({ name: 'x', files: ['/a/1.yml', '/a/2.yml'], dir: '/a', envFile: '/a/1.env', profiles: ['p'] }),
      composeNode(
        { name: 'x', files: ['/a/2.yml', '/b/3.yml'], dir: '/b', envFile: '/b/2.env', profiles: ['q'] },
        { wait: true },
      ),
      composeNode({ name: 'x', files: [], inline: '{"services":{}}' }),
    )
    expect(others).toEqual([])
    expect(only).toEqual({
      project: {
        name: 'x',
        files: ['/a/1.yml', '/a/2.yml', '/b/3.yml'],
        inline: '{"services":{}}',
        dir: '/a',
        envFile: '/b/2.env',
        profiles: ['p'],
      },
      wait: false,
      place: at(10),
    })
  })

  it('DCC-04: several objects for one project come after each other, as documents of one file', () => {
    const [only] = projectsOf(composeNode({ inline: '{"a":1}' }), composeNode({ inline: '{"b":2}' }))
    expect(only?.project.inline).toBe('{"a":1}\n---\n{"b":2}')
  })

  it('DCC-04: without a name, calls with one folder are for one project, and others are not', () => {
    const found = projectsOf(
      composeNode({ files: ['/a/1.yml'], dir: '/a' }),
      composeNode({ files: ['/b/a/1.yml'], dir: '/b/a' }),
      composeNode({ files: ['/a/2.yml'], dir: '/a' }),
    )
    expect(found.map((node) => node.project.files)).toEqual([['/a/1.yml', '/a/2.yml'], ['/b/a/1.yml']])
  })

  it('two projects that turn out to have one name are an error, which says how to merge them', () => {
    const compose = [composeNode({ dir: '/a' }), composeNode({ dir: '/b/a' }, { place: at(20) })]
    const projects = [project([service('x')], 'a'), project([service('y')], 'a')]
    expect(complaints(composeGraph({ compose }), projects)).toEqual([
      'config/invalid-option tilt.config.ts:20:1 tilt.config.ts:10:1 Two compose projects are called `a`',
    ])
    expect(hintsOf(composeGraph({ compose }), projects)[0]).toContain("projectName: 'a'")
  })
})
