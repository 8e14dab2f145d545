import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startDev } from '../support/dev.js'
import { createDockerProject, type DockerProject, docker } from '../support/docker-project.js'
import { type BenchRow, median, ms } from '../support/stats.js'

const count = 2000
const turns = 5

/** A checkout of another branch to the container holding all of it, beside `docker cp` of the same files to a fresh place. */
export async function dockerCheckoutRows(): Promise<readonly BenchRow[]> {
  const project = createDockerProject((name) => ({
    'tilt.config.ts': `import { dockerBuild, dockerCompose, sync } from 'tiltts'
dockerCompose('./compose.yaml')
dockerBuild('${name}/api', './api', { liveUpdate: [sync('./api/src', '/app/src')] })
`,
    'compose.yaml': `name: ${name}
services:
  api: { image: ${name}/api }
`,
    'api/Dockerfile': `FROM busybox\nCOPY src /app/src\nCMD ["sh", "-c", "trap exit TERM; while true; do sleep 1; done"]\n`,
    '.gitignore': 'node_modules\n',
  }))
  const git = (...args: readonly string[]): void => {
    const who = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost']
    execFileSync('git', [...who, ...args], { cwd: project.folder, stdio: 'ignore' })
  }
  git('init', '-q', '-b', 'one')
  writeTree(project, 'one')
  git('add', '-A')
  git('commit', '-q', '-m', 'one')
  git('checkout', '-q', '-b', 'two')
  writeTree(project, 'two')
  git('commit', '-q', '-a', '-m', 'two')
  const dev = await startDev(project)
  await dev.printed('ready (', 120_000)
  await sleep(1500)
  const container = project.container('api')
  const ours: number[] = []
  const floors: number[] = []
  for (let turn = 0; turn < turns; turn++) {
    const wanted = turn % 2 === 0 ? 'one' : 'two'
    let update = dev.nextUpdate('api')
    git('checkout', '-q', wanted)
    const before = performance.now()
    for (;;) {
      await update
      const took = performance.now() - before
      update = dev.nextUpdate('api')
      update.catch(() => {})
      if (digestThere(container) !== digestHere(project)) continue
      ours.push(took)
      break
    }
    if (project.container('api') !== container) throw new Error(`the container was replaced:\n${dev.output()}`)
    await sleep(500)
    const begun = performance.now()
    docker('cp', `${project.folder}/api/src`, `${container}:/app/fresh-${turn}`)
    floors.push(performance.now() - begun)
    await sleep(500)
  }
  await dev.stop()
  project.remove()
  const [measured, floor] = [median(ours), median(floors)]
  return [
    {
      what: `${count.toLocaleString('en')} files changed by one checkout → container equal, median of ${turns}`,
      goal: '≤ 2 × `docker cp` of the same files',
      measured: `${ms(measured)} = ${(measured / floor).toFixed(2)} ×`,
      floor: `${ms(floor)} (\`docker cp\`)`,
      met: measured <= 2 * floor,
    },
  ]
}

function writeTree({ folder }: DockerProject, branch: string): void {
  for (let n = 0; n < count; n++) {
    const path = join(folder, 'api/src', `part${n % 40}`, `file${n}.ts`)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `// ${branch}\n${`export const value${n} = '${branch} ${n}'\n`.repeat(40)}`)
  }
}

function digestHere({ folder }: DockerProject): string {
  const root = join(folder, 'api/src')
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const lines = files.map(({ parentPath, name }) => {
    const path = join(parentPath, name)
    return `${createHash('sha256').update(readFileSync(path)).digest('hex')}  .${path.slice(root.length)}`
  })
  return lines.sort().join('\n')
}

function digestThere(container: string): string {
  const script = 'cd /app/src && find . -type f -exec sha256sum {} +'
  return [...docker('exec', container, 'sh', '-c', script)].sort().join('\n')
}
