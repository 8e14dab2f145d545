import { keptYaml, type Yaml } from './kubernetes-object.js'

/**
 * Manifests written in the config, for `k8sYaml` and `decodeYaml`. Common indentation is taken away.
 *
 * A value that stands alone becomes what it is: a text stays a text even if it reads `yes` or `1.0`, objects and lists
 * are put in as they are. A value inside a text is put in as text.
 *
 * @example
 * ```ts
 * k8sYaml(yaml`
 *   apiVersion: v1
 *   kind: ConfigMap
 *   metadata: { name: settings-${env('USER', 'dev')} }
 *   data: ${{ mode: 'dev' }}
 * `)
 * ```
 */
export function yaml(parts: TemplateStringsArray, ...values: readonly unknown[]): Yaml {
  const text = dedent(parts).reduce((before, part, index) => {
    const value = values[index - 1]
    return before + (standsAlone(before, part) ? JSON.stringify(value ?? null) : String(value)) + part
  })
  return keptYaml({ type: 'text', text })
}

/** After `key: `, `- `, `[` or `,`, and up to the end of the value. */
const standsAlone = (before: string, after: string): boolean =>
  /(?:^|[:[{,]|(?:^|\n)[ \t]*-|- )[ \t]*$/.test(before) && /^[ \t]*(?:[\n,\]}]|#|$)/.test(after)

function dedent(parts: TemplateStringsArray): readonly string[] {
  const indents = [...parts.join('x').matchAll(/\n([ \t]*)(?=[^\s])/g)].map(([, indent = '']) => indent.length)
  const least = indents.length > 0 ? Math.min(...indents) : 0
  const cut = new RegExp(`\\n[ \\t]{0,${least}}`, 'g')
  return parts.map((part) => part.replace(cut, '\n'))
}
