// Looks at the packed packages as strangers meet them: entry points exist, types resolve, nothing of the workspace is left in.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './pnpm.mjs'

const packs = join(root, 'out/packs')
if (!existsSync(packs)) execFileSync(process.execPath, [join(root, 'scripts/pack-all.mjs')], { stdio: 'inherit' })
let failed = false
for (const name of readdirSync(packs)) {
  const pack = join(packs, name)
  const manifest = JSON.parse(execFileSync('tar', ['-xzOf', pack, 'package/package.json'], { encoding: 'utf8' }))
  const files = execFileSync('tar', ['-tzf', pack], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.replace(/^package\//, ''))
  const problems = []
  for (const [entry, target] of Object.entries(manifest.exports ?? {})) {
    // An entry without `default` is for this workspace alone.
    const targets =
      typeof target === 'string' ? [target] : target.default === undefined ? [] : [target.types, target.default]
    for (const path of targets)
      if (!files.includes(path.replace(/^\.\//, '')))
        problems.push(`exports["${entry}"] names ${path}, which is not packed`)
  }
  for (const path of Object.values(manifest.bin ?? {}))
    if (!files.includes(path.replace(/^\.\//, ''))) problems.push(`bin names ${path}, which is not packed`)
  for (const [dependency, range] of Object.entries(manifest.dependencies ?? {})) {
    if (/workspace:|catalog:/.test(range)) problems.push(`${dependency} is ${range}`)
  }
  if (files.some((file) => /\.(test|property|test-d|contract)\./.test(file))) problems.push('tests are packed')
  if (!files.includes('LICENSE')) problems.push('LICENSE is missing')
  const attw = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js'),
      pack,
      '--profile',
      'esm-only',
      '--format',
      'table-flipped',
      '--exclude-entrypoints',
      './tsconfig.json',
      './package.json',
    ],
    { encoding: 'utf8' },
  )
  if (attw.status !== 0) problems.push(`types do not resolve:\n${attw.stdout}${attw.stderr}`)
  for (const problem of problems) console.error(`${name}: ${problem}`)
  failed ||= problems.length > 0
}
process.exit(failed ? 1 : 0)
