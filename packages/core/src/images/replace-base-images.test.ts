// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Dockerfiles look like this
import { describe, expect, it } from 'vitest'
import { replaceBaseImages } from './replace-base-images.js'

const replace = (lines: readonly string[], refs: Record<string, string>, args: Record<string, string> = {}) =>
  replaceBaseImages(lines.join('\n'), args, new Map(Object.entries(refs))).split('\n')

describe('replaceBaseImages', () => {
  it('BLD-05: replaces FROM, COPY --from and mounts at exactly their places', () => {
    const text = [
      'FROM --platform=linux/amd64 shop/base:1   AS build # shop/base:1',
      'RUN --mount=type=bind,from=shop/tools,target=/t echo shop/tools',
      'COPY --from=shop/base:1 --chown=1 shop/base:1 /shop/tools',
    ]
    expect(replace(text, { 'shop/base:1': 'localhost:5000/shop_base:tilt-1', 'shop/tools': 't:tilt-2' })).toEqual([
      'FROM --platform=linux/amd64 localhost:5000/shop_base:tilt-1   AS build # shop/base:1',
      'RUN --mount=type=bind,from=t:tilt-2,target=/t echo shop/tools',
      'COPY --from=localhost:5000/shop_base:tilt-1 --chown=1 shop/base:1 /shop/tools',
    ])
  })

  it('BLD-05: replaces references that are written with ARGs, by what they are or how they are written', () => {
    const text = ['ARG BASE=shop/base', 'ARG V', 'FROM ${BASE}:${V:-1}']
    expect(replace(text, { 'shop/base:2': 'x:tilt-1' }, { V: '2' }).at(-1)).toBe('FROM x:tilt-1')
    expect(replace(text, { '${BASE}:${V:-1}': 'x:tilt-1' }).at(-1)).toBe('FROM x:tilt-1')
    expect(replace(text, { 'shop/base:2': 'x:tilt-1' })).toEqual(text)
  })

  it('BLD-05: keeps the number of lines, also of a reference that is broken over some', () => {
    expect(replace(['FROM shop/\\', 'base \\', ' AS x', 'RUN y'], { 'shop/base': 'x:1' })).toEqual([
      'FROM x:1\\',
      ' \\',
      ' AS x',
      'RUN y',
    ])
    expect(replaceBaseImages('FROM a\r\nRUN x\r\nFROM a\r\n', {}, new Map([['a', 'bcd']]))).toBe(
      'FROM bcd\r\nRUN x\r\nFROM bcd\r\n',
    )
  })

  it('leaves stages, and all other text, as they are', () => {
    const text = ['FROM node AS base', 'FROM base', 'COPY --from=base /a /b', 'LABEL base=base']
    expect(replace(text, { base: 'x:1' })).toEqual(text)
  })
})
