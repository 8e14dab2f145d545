import { transform } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { reachOf } from './reach.js'
import { statementsOf } from './statements.js'

const imports = "import { localResource, readFile } from 'tiltts'\nimport { helper } from './helper.js'\n"

/** What the function around `FN` reaches: the first words of the statements, and the modules. */
async function reached(source: string, options: { readonly callers?: number } = {}): Promise<readonly string[]> {
  const { code } = await transform(imports + source, { loader: 'ts', format: 'esm', charset: 'utf8', target: 'node20' })
  const lines = code.split('\n')
  const fn =
    /(?:async )?\([^()]*\) => "FN"[^,\n]*|(?:async )?\([^()]*\) => \{[^{}]*"FN"[^{}]*\}|function \w+\([^()]*\) \{[^{}]*"FN"[^{}]*\}/.exec(
      code,
    )?.[0]
  if (fn === undefined) throw new Error(`no function in ${code}`)
  const called = lines.flatMap((line, index) => (/localResource\(|service\("/.test(line) ? [index + 1] : []))
  const made = called.slice(0, options.callers ?? 1).map((line) => ({ url: 'main', line }))
  const main = statementsOf(code)
  const { statements, imports: modules } = reachOf(fn.trim(), made, (url) => (url === 'main' ? main : []))
  return [
    ...[...statements].map((statement) => statement.split('\n')[0] ?? ''),
    ...modules.map(({ name }) => name.specifier),
  ].toSorted()
}

describe('what a function can reach', () => {
  it('is what it mentions, and what that mentions', async () => {
    expect(
      await reached(`
const port = 8080
const url = 'http://localhost:' + port
const unrelated = 1
function fetchIt() { return helper(url) }
localResource('a', { cmd: async () => { "FN"; await fetchIt() }, env: { unrelated } })
`),
    ).toEqual(['./helper.js', 'const port = 8080;', 'const url = "http://localhost:" + port;', 'function fetchIt() {'])
  })

  it('is not what stands beside it in the same call', async () => {
    expect(
      await reached(
        `
const db = localResource('db', { cmd: 'x' })
const deps = ['src']
localResource('a', { cmd: async () => { "FN" }, resourceDeps: [db], deps })
`,
        { callers: 2 },
      ).then((all) => all.filter((one) => one.startsWith('const deps'))),
    ).toEqual(['const deps = ["src"];'])
    expect(await reached("localResource('a', { cmd: async () => { 'FN' }, deps: [helper] })\nconst x = 1\n")).toEqual(
      [],
    )
  })

  it('is the whole statement when the function was made by another', async () => {
    expect(
      await reached(`
const make = (port: number) => () => "FN" + port
localResource('a', { cmd: make(8080) })
`),
    ).toEqual(['const make = (port) => () => "FN" + port;', 'localResource("a", { cmd: make(8080) });', 'tiltts'])
  })

  it('is the call of the helper that made the resource, with its arguments', async () => {
    const reach = await reached(
      `
function service(name: string, port: number) {
  localResource(name, { cmd: async () => { "FN"; helper(port) } })
}
service('a', 8080)
service('b', 9090)
`,
      { callers: 2 },
    )
    expect(reach).toContain('service("a", 8080);')
    expect(reach).not.toContain('service("b", 9090);')
    expect(reach).toContain('./helper.js')
  })

  it('is a loop as a whole', async () => {
    expect(
      await reached(`
const names = ['a', 'b']
for (const name of names) localResource(name, { cmd: () => "FN" + name })
`),
    ).toEqual([
      'const names = ["a", "b"];',
      'for (const name of names) localResource(name, { cmd: () => "FN" + name });',
      'tiltts',
    ])
  })

  it('is the name of a handle, not the resource behind it', async () => {
    expect(
      await reached(`
localResource('a', { cmd: () => "FN" + api.name })
const api = localResource('api', { cmd: 'changes often' })
`),
    ).toEqual(['handle api'])
  })

  it('takes in the statements that change what it mentions', async () => {
    expect(
      await reached(`
localResource('a', { cmd: () => "FN" + settings.port })
const settings: { port?: number } = {}
settings.port = 8080
`),
    ).toEqual(['const settings = {};', 'settings.port = 8080;'])
  })

  it('takes in modules that it imports when it runs', async () => {
    expect(await reached("localResource('a', { cmd: async () => { \"FN\"; await import('./late.js') } })\n")).toEqual([
      './late.js',
    ])
  })
})
