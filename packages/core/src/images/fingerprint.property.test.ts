import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CustomBuildInputs, type DockerBuildInputs, type FileInput, fingerprintText } from './fingerprint.js'

/** Short texts with what could blur where one ends and the next begins. */
const text = fc.oneof(
  fc.constantFrom('', 'a', 'b', 'a,b', 'a\nb', '"', '\\', '{}', '[]', 'null'),
  fc.string({ maxLength: 3 }),
)
const maybe = <T>(some: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(some, { nil: undefined })
const texts = fc.array(text, { maxLength: 3 })
const unique = fc.uniqueArray(text, { maxLength: 3 })
const record: fc.Arbitrary<Record<string, string>> = fc
  .dictionary(text, text, { maxKeys: 3, noNullPrototype: true })
  .filter((values) => !Object.hasOwn(values, '__proto__'))
const file: fc.Arbitrary<FileInput> = fc.record({
  path: text,
  kind: fc.constantFrom('file', 'folder', 'link'),
  mode: fc.constantFrom(0o644, 0o755),
  hash: text,
})
const files = fc.uniqueArray(file, { maxLength: 3, selector: ({ path }) => path })
const base = fc.record({ ref: text, id: text })
const command: fc.Arbitrary<CustomBuildInputs['command']> = fc.oneof(
  texts.map((argv) => ({ argv, display: 'x' })),
  text.map((hash) => ({ fn: { $fn: 'image:x', hash }, display: 'x' })),
)

const common = {
  ref: text,
  helper: maybe(
    fc.record({
      checksum: text,
      entrypoint: maybe(texts),
      onExit: maybe(fc.constantFrom('end' as const, 'stay' as const)),
    }),
  ),
  registry: maybe(fc.record({ host: text, hostFromCluster: maybe(text), singleName: maybe(text) })),
}
// One arbitrary for each input: a new input without one does not compile.
const docker: { [K in keyof DockerBuildInputs]: fc.Arbitrary<DockerBuildInputs[K]> } = {
  ...common,
  build: fc.constant('docker' as const),
  bases: fc.uniqueArray(base, { maxLength: 3, selector: ({ ref }) => ref }),
  dockerfile: text,
  context: files,
  buildArgs: record,
  target: maybe(text),
  platform: maybe(text),
  network: maybe(text),
  pull: fc.boolean(),
  extraHosts: texts,
  extraTags: unique,
  labels: record,
  secrets: record,
  ssh: unique,
  builder: fc.record({ id: text, version: text }),
}
const custom: { [K in keyof CustomBuildInputs]: fc.Arbitrary<CustomBuildInputs[K]> } = {
  ...common,
  build: fc.constant('custom' as const),
  bases: fc.array(base, { maxLength: 3 }),
  command,
  dir: text,
  env: record,
  files,
  tag: maybe(text),
  skipsLocalDocker: fc.boolean(),
  disablePush: fc.boolean(),
  outputsImageRefTo: maybe(text),
}

/** Equal when nothing but the order of unordered things differs; written apart from what is tested. */
function sameValue(key: string, a: unknown, b: unknown, unordered: readonly string[]): boolean {
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain)
    if (typeof value !== 'object' || value === null) return value
    return Object.entries(value)
      .filter(([name, item]) => name !== 'display' && name !== '$fn' && item !== undefined)
      .map(([name, item]) => [name, plain(item)])
      .sort(([x], [y]) => (String(x) < String(y) ? -1 : 1))
  }
  const shape = (value: unknown): string => {
    const whole = plain(value)
    return JSON.stringify(
      Array.isArray(whole) && unordered.includes(key) ? whole.map((x) => JSON.stringify(x)).sort() : whole,
    )
  }
  return (a === undefined) === (b === undefined) && (a === undefined || shape(a) === shape(b))
}

const unorderedInDocker = ['bases', 'context', 'extraTags', 'ssh']

describe('fingerprintText', () => {
  it.each(Object.keys(docker).filter((key) => key !== 'build'))(
    'a build from a Dockerfile is another with another %s',
    (key) => {
      const value = docker[key as keyof DockerBuildInputs] as fc.Arbitrary<unknown>
      fc.assert(
        fc.property(fc.record(docker), value, (inputs, other) => {
          const changed = { ...inputs, [key]: other }
          const same = sameValue(key, inputs[key as keyof DockerBuildInputs], other, unorderedInDocker)
          expect(fingerprintText(changed) === fingerprintText(inputs)).toBe(same)
        }),
        { numRuns: 200 },
      )
    },
  )

  it.each(Object.keys(custom).filter((key) => key !== 'build'))(
    'a build by a command is another with another %s',
    (key) => {
      const value = custom[key as keyof CustomBuildInputs] as fc.Arbitrary<unknown>
      fc.assert(
        fc.property(fc.record(custom), value, (inputs, other) => {
          const changed = { ...inputs, [key]: other }
          const same = sameValue(key, inputs[key as keyof CustomBuildInputs], other, ['files'])
          expect(fingerprintText(changed) === fingerprintText(inputs)).toBe(same)
        }),
        { numRuns: 200 },
      )
    },
  )

  it('changes with each part of each file: path, kind, mode, content', () => {
    fc.assert(
      fc.property(fc.record(docker), file, file, (inputs, a, b) => {
        const context = (one: FileInput) => fingerprintText({ ...inputs, context: [...inputs.context, one] })
        const same = a.path === b.path && a.kind === b.kind && a.mode === b.mode && a.hash === b.hash
        expect(context(a) === context(b)).toBe(same)
        expect(context(a)).not.toBe(fingerprintText(inputs))
      }),
    )
  })

  it('does not change with the order of what has none', () => {
    const turned = (values: Readonly<Record<string, string>>) => Object.fromEntries(Object.entries(values).reverse())
    fc.assert(
      fc.property(fc.record(docker), fc.record(custom), (image, other) => {
        const { context, extraTags, ssh, bases } = image
        expect(
          fingerprintText({
            ...image,
            context: context.toReversed(),
            extraTags: extraTags.toReversed(),
            ssh: ssh.toReversed(),
            bases: bases.toReversed(),
            buildArgs: turned(image.buildArgs),
            labels: turned(image.labels),
            secrets: turned(image.secrets),
          }),
        ).toBe(fingerprintText(image))
        expect(fingerprintText({ ...other, files: other.files.toReversed(), env: turned(other.env) })).toBe(
          fingerprintText(other),
        )
      }),
    )
  })

  it('does not change with how a command is written', () => {
    fc.assert(
      fc.property(fc.record(custom), (inputs) => {
        const written = { ...inputs, command: { ...inputs.command, display: 'other' } }
        expect(fingerprintText(written)).toBe(fingerprintText(inputs))
      }),
    )
  })
})
