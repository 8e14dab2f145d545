// Builds the container helper for each architecture into packages/helper/bin, with the checksums. With --check: builds
// into a temporary folder instead, and fails when the checksums there are others than those committed.
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './pnpm.mjs'

const folder = join(root, 'packages/helper')
const source = join(folder, 'go')
const committed = join(folder, 'bin')
const check = process.argv.includes('--check')
const [, toolchain] = /^toolchain (go\S+)$/m.exec(readFileSync(join(source, 'go.mod'), 'utf8'))

// Nothing of this machine's settings gets in. Another Go than the pinned one fetches that from the module proxy.
const env = {
  ...process.env,
  ...{
    GOTOOLCHAIN: toolchain,
    GOENV: 'off',
    GOFLAGS: '',
    GOEXPERIMENT: '',
    GODEBUG: '',
    GOWORK: 'off',
    CGO_ENABLED: '0',
  },
  ...{ GOOS: 'linux', GOAMD64: 'v1', GOARM64: 'v8.0' },
}

function build(arch, file) {
  const args = ['build', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w -buildid=', '-o', file, '.']
  const { status, error } = spawnSync('go', args, { cwd: source, env: { ...env, GOARCH: arch }, stdio: 'inherit' })
  if (error?.code === 'ENOENT') fail('Go is needed to build the container helper: https://go.dev/dl')
  if (error) throw error
  if (status !== 0) fail(`go build failed for linux/${arch}`)
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

function fail(message) {
  console.error(message)
  process.exit(1)
}

const out = check ? mkdtempSync(join(tmpdir(), 'tiltts-helper-')) : committed
if (check) process.on('exit', () => rmSync(out, { recursive: true, force: true }))
mkdirSync(out, { recursive: true })
const sums = ['amd64', 'arm64'].map((arch) => `${build(arch, join(out, `linux-${arch}`))}  linux-${arch}\n`).join('')
if (check) compare(sums)
else {
  writeFileSync(join(out, 'SHA256SUMS'), sums)
  // The program holds parts of Go's library, whose license goes with it. A file called so would keep pnpm from packing ours.
  const goRoot = execFileSync('go', ['env', 'GOROOT'], { cwd: source, env, encoding: 'utf8' }).trim()
  copyFileSync(join(goRoot, 'LICENSE'), join(out, 'NOTICE-go'))
}

function compare(sums) {
  const expected = readFileSync(join(committed, 'SHA256SUMS'), 'utf8').replaceAll('\r', '')
  const problems = expected === sums ? [] : ['built from packages/helper/go:', sums, 'in SHA256SUMS:', expected]
  for (const line of expected.split('\n').filter(Boolean)) {
    const [sum, name] = line.split(/\s+/)
    const found = createHash('sha256')
      .update(readFileSync(join(committed, name)))
      .digest('hex')
    if (found !== sum) problems.push(`packages/helper/bin/${name} is ${found}\n`)
  }
  if (problems.length === 0) return console.log(`the container helper is what ${toolchain} makes of its source`)
  console.error('The committed container helper is not what its source makes. Run: node scripts/build-helper.mjs\n')
  console.error(problems.join('\n'))
  process.exitCode = 1
}
