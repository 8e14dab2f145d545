import { createDockerProject, docker } from '../support/docker-project.js'
import { tapEngine } from '../support/engine-tap.js'
import { bin } from '../support/project.js'
import { runToEnd, start } from '../support/run.js'
import { type BenchRow, median, ms } from '../support/stats.js'

const count = 20
const turns = 3
const names = Array.from({ length: count }, (_, n) => `service${n}`)

/** A start of 20 images and 20 services with nothing to do, beside `docker compose up` that has nothing to do. */
export async function dockerSecondStartRows(): Promise<readonly BenchRow[]> {
  const project = createDockerProject((name) => ({
    'tilt.config.ts': `import { dockerBuild, dockerCompose } from 'tiltts'
dockerCompose('./compose.yaml')
for (let n = 0; n < ${count}; n++) dockerBuild('${name}/service' + n, './service' + n)
`,
    'compose.yaml': `name: ${name}
services:
${names.map((service) => `  ${service}: { image: ${name}/${service} }\n`).join('')}`,
    ...Object.fromEntries(
      names.flatMap((service) => [
        [
          `${service}/Dockerfile`,
          `FROM busybox\nCOPY . /app\nCMD ["sh", "-c", "trap exit TERM; while true; do sleep 1; done"]\n`,
        ],
        [`${service}/name.txt`, service],
      ]),
    ),
  }))
  const tap = await tapEngine()
  const options = { cwd: project.folder, env: { ...project.env, DOCKER_HOST: tap.host } }
  const ci = (): ReturnType<typeof runToEnd> => runToEnd([process.execPath, bin, 'ci', '--port', '0'], options)
  const first = await ci()
  if (first.code !== 0) throw new Error(`ci failed:\n${first.tail}`)
  const containers = (): string =>
    docker('ps', '-q', '--no-trunc', '--filter', `label=com.docker.compose.project=${project.name}`).join()
  const before = containers()
  const begun = tap.requests.length
  const inCi: number[] = []
  const inDev: number[] = []
  const floors: number[] = []
  for (let turn = 0; turn < turns; turn++) {
    const second = await ci()
    if (second.code !== 0) throw new Error(`the second ci failed:\n${second.tail}`)
    inCi.push(second.ms)
    const started = performance.now()
    const dev = start([process.execPath, bin, 'dev', '--port', '0'], options)
    await dev.printed(`All ${count} resources are ready`)
    inDev.push(performance.now() - started)
    await dev.stop()
    const byHand = await runToEnd(['docker', 'compose', 'up', '--detach'], { cwd: project.folder, env: process.env })
    if (byHand.code !== 0) throw new Error(`docker compose up failed:\n${byHand.tail}`)
    floors.push(byHand.ms)
  }
  const builds = tap.requests.slice(begun).filter(({ line }) => /^POST (\/v[\d.]+)?\/(build|session|grpc)\b/.test(line))
  if (process.env['BENCH_VERBOSE'] !== undefined)
    console.log(counted(tap.requests.slice(begun).map(({ line }) => line)))
  const same = containers() === before
  tap.close()
  project.remove()
  const [dev, once] = [median(inDev), median(inCi)]
  return [
    {
      what: `second start, ${count} images + ${count} services, nothing changed`,
      goal: '≤ 3 s, no builder called',
      measured: `\`dev\` ready ${ms(dev)}; \`ci\` ${ms(once)}; ${builds.length} builds; containers ${same ? 'the same' : 'replaced'}`,
      floor: `${ms(median(floors))} (\`docker compose up\`)`,
      met: dev <= 3000 && once <= 3000 && builds.length === 0 && same,
    },
  ]
}

/** What was asked for, most often first. */
function counted(lines: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const line of lines) {
    const kind = line
      .replace(/\?.*/, '')
      .replace(/[0-9a-f]{64}/g, '<id>')
      .replace(/service\d+/, 'service<n>')
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([kind, times]) => `${times} ${kind}`)
    .join('\n')
}
