import { ordered, type Printer } from './printer.js'

/** Prints YAML documents as kubectl does: keys in order, lists not indented, texts that others would misread quoted. */
export async function yamlPrinter(): Promise<Printer> {
  const { stringify } = await import('../../objects/yaml.js')
  let first = true
  return {
    print(what) {
      const text = stringify(ordered(what), { indentSeq: false, lineWidth: 0, version: '1.1', compat: 'core' })
      const separator = first ? '' : '---\n'
      first = false
      return separator + text
    },
  }
}
