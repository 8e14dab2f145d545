import { createFiles } from '../create-files.js'

/** Watches a tree in a process of its own, and prints what that took as JSON: `npx tsx measure-watch.ts <folder>`. */
const [root = ''] = process.argv.slice(2)
const request = { paths: [root], ignored: () => false, prunes: () => false, onChange: () => {} }
const files = createFiles({ base: root })
const problems: string[] = []
globalThis.gc?.()
const before = process.memoryUsage().rss
const begun = performance.now()
const cpuBefore = process.cpuUsage()
await files.watch({ ...request, onProblem: (problem) => void problems.push(`${problem.code}: ${problem.message}`) })
const readyMs = performance.now() - begun
const cpu = process.cpuUsage(cpuBefore)
const cpuMs = (cpu.user + cpu.system) / 1000
globalThis.gc?.()
const megabytes = (process.memoryUsage().rss - before) / 1024 / 1024
process.stdout.write(`${JSON.stringify({ readyMs, cpuMs, megabytes, problems })}\n`)
await files.close()
