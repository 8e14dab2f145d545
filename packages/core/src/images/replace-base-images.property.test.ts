// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Dockerfiles look like this
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDockerfile } from './dockerfile.js'
import { replaceBaseImages } from './replace-base-images.js'

const ref = fc.constantFrom(
  'shop/base',
  'shop/base:1',
  'node',
  '${ARG}',
  '$ARG-x',
  '"shop/tools"',
  'stage0',
  '${NONE:-shop/base}',
)
const line = fc.oneof(
  ref.map((text) => `COPY --from=${text} /a /b`),
  ref.map((text) => `RUN --mount=type=bind,from=${text},target=/t make ${text}`),
  ref.map((text) => `# FROM ${text}`),
  fc.constantFrom('RUN x \\\n  && y', 'RUN <<EOF\nFROM shop/base\nEOF', '', 'ARG ARG', 'ENV A=shop/base'),
)
const stage = fc
  .tuple(ref, fc.constantFrom('', ' \\\n'), fc.array(line, { maxLength: 4 }))
  .map(([text, gap, lines]) => ({ text, gap, lines }))
const dockerfile: fc.Arbitrary<string> = fc
  .array(stage, { minLength: 1, maxLength: 4 })
  .map((stages) =>
    [
      'ARG ARG=shop/tools',
      ...stages.flatMap(({ text, gap, lines }, index) => [`FROM${gap} ${text} AS stage${index}`, ...lines]),
    ].join('\n'),
  )

describe('replaceBaseImages', () => {
  it('BLD-05: replaces every image that is meant, no other, and moves no line', () => {
    fc.assert(
      fc.property(dockerfile, (text) => {
        const before = readDockerfile(text).images
        const refs = new Map([
          ['shop/base', 'localhost:5000/shop_base:tilt-0123456789abcdef'],
          ['shop/tools', 't:tilt-1'],
        ])
        const after = replaceBaseImages(text, {}, refs)
        expect(after.split('\n')).toHaveLength(text.split('\n').length)
        expect(readDockerfile(after).images.map((image) => [image.kind, image.ref, image.line])).toEqual(
          before.map((image) => [image.kind, refs.get(image.ref) ?? image.ref, image.line]),
        )
        const untouched = new Set(before.filter((image) => refs.has(image.ref)).map((image) => image.line))
        after.split('\n').forEach((out, index) => {
          if (!untouched.has(index + 1)) expect(out).toBe(text.split('\n')[index])
        })
      }),
      { numRuns: 300 },
    )
  })
})
