/**
 * The fields of a flat YAML mapping of texts, which is all that the format of `localRegistryHosting.v1` has: `host: "x"`.
 */
export function flatYaml(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const line of text.split('\n')) {
    const found = /^\s*["']?([A-Za-z]+)["']?\s*:\s*(.*?)\s*,?\s*$/.exec(line)
    const value = found?.[2] === undefined ? '' : unquoted(found[2])
    if (found?.[1] !== undefined && value !== '') fields.set(found[1], value)
  }
  return fields
}

function unquoted(text: string): string {
  const quoted = /^(["'])(.*?)\1/.exec(text)
  return quoted?.[2] ?? text.replace(/\s+#.*$/, '')
}
