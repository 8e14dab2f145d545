// Compares what each package may import with what it does import, and keeps vendor clients and impure globals in their place.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from './pnpm.mjs'

const allowed = {
  spec: [],
  config: ['spec'],
  extensions: ['config'],
  core: ['spec'],
  client: ['spec'],
  helper: ['spec'],
  runtime: ['core', 'spec'],
  server: ['runtime', 'core', 'spec'],
  adapters: ['runtime', 'core', 'spec', 'config', 'helper'],
  tiltts: ['spec', 'config', 'extensions', 'core', 'client', 'helper', 'runtime', 'server', 'adapters'],
}
const vendors = {
  execa: ['adapters'],
  chokidar: ['adapters'],
  'dockerfile-ast': ['core'],
  tsx: ['adapters'],
  esbuild: ['adapters'],
  'p-queue': ['runtime'],
  hono: ['server'],
  '@hono/node-server': ['server'],
}
/** `core` and `spec` hold no clock, no chance and no Node, so that a browser can run them. */
const impure = /\b(Date\.now|new Date\(\)|setTimeout|setInterval|setImmediate|Math\.random|process\.|Buffer\.)/
const pure = ['spec', 'core']
/** A boundary is about what ships: tests may use what they need. */
const isTest = (path) => /\.(test|property|test-d|contract)\.ts$/.test(path)

const withoutComments = (code) => code.replace(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*$/gm, '')

const problems = []
for (const name of Object.keys(allowed)) {
  const folder = join(root, 'packages', name)
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const declared = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies }
  for (const dependency of Object.keys(declared)) checkPackage(name, dependency, `packages/${name}/package.json`)
  for (const entry of readdirSync(join(folder, 'src'), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isFile() || !/\.tsx?$/.test(path) || isTest(path)) continue
    const text = withoutComments(readFileSync(path, 'utf8'))
    const where = relative(root, path)
    // `import('x' as string)` asks for a module of the user's.
    for (const [, specifier] of text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"](?! as string)/g)) {
      if (specifier.startsWith('.')) continue
      if (specifier.startsWith('node:')) {
        if (pure.includes(name)) problems.push(`${where}: ${name} may not import ${specifier}`)
      } else
        checkPackage(
          name,
          specifier
            .split('/')
            .slice(0, specifier.startsWith('@') ? 2 : 1)
            .join('/'),
          where,
        )
    }
    if (!pure.includes(name)) continue
    const found = impure.exec(text.replace(/'(?:\\.|[^'\\\n])*'/g, "''"))
    if (found) problems.push(`${where}: ${name} may not use ${found[1]}; take it as an argument`)
  }
}

function checkPackage(from, dependency, where) {
  const own = /^@tiltts\/(.+)$/.exec(dependency)?.[1] ?? (dependency === 'tiltts' ? 'tiltts' : undefined)
  if (own !== undefined && own !== from && !allowed[from].includes(own))
    problems.push(`${where}: ${from} may not import ${dependency}`)
  // The published `tiltts` names tsx and esbuild since its bundled config host loads them.
  if (vendors[dependency] && !vendors[dependency].includes(from) && from !== 'tiltts')
    problems.push(`${where}: ${dependency} belongs in ${vendors[dependency]}`)
}

for (const problem of problems) console.error(problem)
process.exit(problems.length > 0 ? 1 : 0)
