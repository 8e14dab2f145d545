import type { ObjectNode } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { at, graphOf, linkGood, local } from './graph.test.support.js'
import { linkGraph } from './link-graph.js'

const node = (kind: string, name: string, spec: ObjectNode['spec'], more: Partial<ObjectNode> = {}): ObjectNode => ({
  kind,
  name,
  spec,
  annotations: {},
  labels: {},
  place: undefined,
  ...more,
})
const map = (name: string, value: string, more: Partial<ObjectNode> = {}): ObjectNode =>
  node('ConfigMap', name, { data: { value } }, more)
const web = local('web')
const errorsOf = (objects: readonly ObjectNode[]): readonly string[] =>
  linkGraph(graphOf([web], { objects })).diagnostics.map(({ message }) => message)

describe('objects of a graph', () => {
  it('are enough for a config: it needs no resources', () => {
    expect(linkGood(graphOf([], { objects: [map('a', '1')] })).objects).toHaveLength(1)
  })

  it('OBJ-01: have what their kind says where they say nothing', () => {
    const { objects } = linkGood(graphOf([web], { objects: [node('Cmd', 'a', { args: ['x'] })] }))
    expect(objects).toEqual([
      {
        kind: 'Cmd',
        name: 'a',
        spec: { args: ['x'], dir: '', env: [] },
        annotations: { 'tilt.dev/resource': '(Tiltfile)' },
        labels: {},
      },
    ])
  })

  it('OBJ-01: are checked as those of clients are; what is wrong fails the load', () => {
    const { linked, diagnostics } = linkGraph(
      graphOf([web], { objects: [node('UIButton', 'go', { text: '' }, { place: at(7) }), node('Cmd', 'a', {})] }),
    )
    expect(linked).toBeUndefined()
    expect(diagnostics.map(({ message }) => message)).toEqual([
      "UIButton 'go': `location.componentType`: Parent component type is required",
      "UIButton 'go': `location.componentID`: Parent component ID is required",
      "UIButton 'go': `text`: Button text cannot be empty",
      "Cmd 'a': `args`: Required value",
    ])
    expect(diagnostics[0]?.places).toEqual([at(7)])
  })

  it('OBJ-01: of one kind and name say one thing; said twice alike they count once', () => {
    const { diagnostics } = linkGraph(
      graphOf([web], { objects: [map('a', '1', { place: at(2) }), map('a', '2', { place: at(5) })] }),
    )
    expect(diagnostics).toMatchObject([{ code: 'config/duplicate-object', places: [at(5), at(2)] }])
    const { objects } = linkGood(graphOf([web], { objects: [map('a', '1'), map('a', '1', { place: at(5) })] }))
    expect(objects).toHaveLength(1)
  })

  it('may not be called as what the engine makes of a resource', () => {
    expect(errorsOf([map('web-disable', '1')])).toEqual([
      "ConfigMap 'web-disable': the resource `web` has one of this name",
    ])
    expect(errorsOf([node('Cmd', 'web:update', { args: ['x'] })])).toHaveLength(1)
  })

  it('stand at resources that there are', () => {
    const place = at(3)
    const spec = { location: { componentType: 'Resource', componentID: 'wbe' }, text: 'Go' }
    const { diagnostics } = linkGraph(
      graphOf([web], { objects: [node('UIButton', 'go', spec, { resource: { name: 'wbe', place } })] }),
    )
    expect(diagnostics).toMatchObject([
      { code: 'config/unknown-resource', places: [place], hint: expect.stringContaining('web') },
    ])
  })

  it('of a kind that only the engine makes are refused', () => {
    expect(errorsOf([node('UIResource', 'x', {}), node('Nonsense', 'x', {})])).toEqual([
      "UIResource 'x' cannot be made by this version of tiltts",
      "Nonsense 'x' cannot be made by this version of tiltts",
    ])
  })
})
