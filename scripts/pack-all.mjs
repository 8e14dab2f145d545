// `pnpm pack:all`: builds, and packs every public package into out/packs/.
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { install, pnpm, root } from './pnpm.mjs'

install()
pnpm('run', 'build')
const out = join(root, 'out/packs')
rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })
for (const name of readdirSync(join(root, 'packages'))) {
  const folder = join(root, 'packages', name)
  if (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).private) continue
  pnpm('--dir', folder, 'pack', '--pack-destination', out)
}
