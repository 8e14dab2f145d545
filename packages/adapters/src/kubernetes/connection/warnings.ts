/** Texts of HTTP's Warning headers: `299 - "spec.foo: unknown field"`. */
export function warningsIn(header: string | string[] | undefined): readonly string[] {
  const whole = [header ?? []].flat().join(', ')
  return [...whole.matchAll(/\b\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replace(/\\(.)/g, '$1'))
}
