// `npm start`: installs, bundles, and runs `tiltts dev` on the quickstart. Further arguments are handed on.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { install, root, run } from './pnpm.mjs'

install()
run(process.execPath, [join(root, 'scripts/bundle.mjs')])
const child = spawn(process.execPath, [join(root, 'packages/tiltts/bundle/bin.js'), 'dev', ...process.argv.slice(2)], {
  cwd: join(root, 'examples/quickstart'),
  stdio: 'inherit',
})
// The terminal sends Ctrl-C to both; a signal sent to this process alone is handed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
// Ctrl-C is how one ends it: npm has nothing to complain of.
const interrupted = 130
child.on('exit', (code) => process.exit(code === interrupted ? 0 : (code ?? 1)))
