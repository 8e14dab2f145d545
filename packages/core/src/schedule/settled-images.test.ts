import type { FileWatch, Image, ImageSpec, ImageStatus, ResourceStatus, UpdateCause } from '@tiltts/spec'
import { describe, expect, test } from 'vitest'
import { image } from '../live-update/live-update.test.support.js'
import { at, serviceResource } from '../status/row.test.support.js'
import { settledImages } from './settled-images.js'

const result: NonNullable<ImageStatus['result']> = {
  ref: 'x',
  fingerprint: 'f',
  buildStartTime: at(5),
  reused: false,
}
type Fake = Pick<Image, 'spec' | 'status'>

const built = (name: string, dependsOn: readonly string[], status: Partial<ImageStatus> = {}): [string, Fake] => [
  name,
  {
    spec: { watch: `image:${name}`, dependsOn } as Partial<ImageSpec> as ImageSpec,
    status: { stages: [], result, ...status },
  },
]

function settled(
  images: readonly [string, Fake][],
  { changed = {}, status = {} }: { changed?: Record<string, number>; status?: Partial<ResourceStatus> } = {},
): readonly string[] {
  const byName = new Map(images)
  const uses = [{ ...image('base', ['/lib']), deployed: false }, image('web', ['/app', '/lib'])]
  const resource = serviceResource('web', { spec: { images: uses }, status })
  const watch = (name: string): Pick<FileWatch, 'status'> | undefined => {
    const time = changed[name.replace('image:', '')]
    const fileEvents = time === undefined ? [] : [{ time: at(time), seenFiles: ['/f'], sequence: 1 }]
    return { status: { fileEvents } }
  }
  return [...settledImages(resource, { image: (name) => byName.get(name), watch })]
}

const both = [built('base', []), built('web', ['base'])]

describe('images that need no building', () => {
  test('HOLD-05: are those that were built or found current, and have not changed since', () => {
    expect(settled(both)).toEqual(['base', 'web'])
    expect(settled(both, { changed: { base: 4, web: 3 } })).toEqual(['base', 'web'])
  })

  test('HOLD-05: are not those that changed at the time or later, nor those upon them', () => {
    expect(settled(both, { changed: { web: 6 } })).toEqual(['base'])
    expect(settled(both, { changed: { web: 5 } })).toEqual(['base'])
    expect(settled(both, { changed: { base: 6 } })).toEqual([])
  })

  test.each<[string, Partial<ImageStatus>]>([
    ['was never built', { result: undefined }],
    ['is being built', { building: { update: 'x-1', startedAt: at(6) } }],
    ['could not be built', { error: 'exit code 1' }],
  ])('HOLD-05: do not include one that %s', (_, status) => {
    expect(settled([built('base', []), built('web', ['base'], status)])).toEqual(['base'])
    expect(settled([built('base', [], status), built('web', ['base'])])).toEqual([])
  })

  test('HOLD-05: are none when the definition may have changed, when all are asked for, or when nothing is known', () => {
    const causes: readonly UpdateCause[] = [{ reason: 'config' }]
    expect(settled(both, { status: { pending: causes } })).toEqual([])
    expect(settled(both, { status: { triggered: { update: 'web-2', at: at(7) } } })).toEqual([])
    expect(settled([])).toEqual([])
  })
})
