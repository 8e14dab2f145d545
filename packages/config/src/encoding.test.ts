import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeJson, decodeYaml, decodeYamlStream, encodeJson, encodeYaml, encodeYamlStream } from './encoding.js'
import { evaluate } from './testing/evaluate.js'
import { yaml } from './yaml-template.js'

/** The value that a config worked out. */
async function evaluated<T>(config: () => T): Promise<T> {
  const values: T[] = []
  const { errors } = await evaluate(() => {
    values.push(config())
  })
  const [value] = values
  if (value === undefined) throw new Error(errors[0]?.message)
  return value
}

describe('encoding', () => {
  it('FS-09: what is encoded is read back, in JSON and in YAML', async () => {
    const tricky = {
      yes: 'yes',
      octal: '0755',
      time: '22:22',
      version: '1.0',
      list: [1, null, true],
      text: 'a\nb\n',
      '': '',
    }
    expect(await evaluated(() => decodeJson(encodeJson(tricky)))).toEqual(tricky)
    expect(await evaluated(() => decodeYaml(encodeYaml(tricky)))).toEqual(tricky)
    expect(await evaluated(() => decodeYamlStream(encodeYamlStream([tricky, { b: 1 }])))).toEqual([tricky, { b: 1 }])
  })

  it('reads back any data from YAML', async () => {
    const { errors } = await evaluate(() => {
      fc.assert(
        fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
          const plain = JSON.parse(JSON.stringify(value))
          expect(decodeYaml(encodeYaml(plain))).toEqual(plain)
        }),
        { numRuns: 200 },
      )
    })
    expect(errors).toEqual([])
  })

  it('FS-09: refuses what is not the format, and more than one value', async () => {
    await expect(evaluated(() => decodeJson('{'))).rejects.toThrow('decodeJson(): this is not JSON')
    await expect(evaluated(() => decodeYaml('a: ['))).rejects.toThrow('decodeYaml(): this is not YAML')
    await expect(evaluated(() => decodeYaml('a: 1\n---\nb: 2'))).rejects.toThrow('this holds 2 YAML documents')
    await expect(evaluated(() => encodeJson(() => 1))).rejects.toThrow('encodeJson(): a function has no JSON form')
    await expect(evaluated(() => encodeJson(1n))).rejects.toThrow('encodeJson()')
  })

  it('a YAML text in the config keeps its values what they are', async () => {
    const decoded = await evaluated(() =>
      decodeYaml(yaml`
        kind: ConfigMap
        metadata: { name: settings-${'dev'}, tag: ${'1.0'} }
        data:
          on: ${'yes'}
          list: ${['a', 1]}
          port: ${8080}
          text: ${'two\nlines'}
          items:
            - ${{ a: 1 }}
            - x${1}y
      `),
    )
    expect(decoded).toEqual({
      kind: 'ConfigMap',
      metadata: { name: 'settings-dev', tag: '1.0' },
      data: { true: 'yes', list: ['a', 1], port: 8080, text: 'two\nlines', items: [{ a: 1 }, 'x1y'] },
    })
  })
})
