import { writeFileSync } from 'node:fs'
import { createFiles } from '../create-files.js'

/**
 * Watches a tree in a process of its own, and prints what that took as JSON: `npx tsx measure-watch.ts <folder> [<file>]`.
 * Then writes the file, if given, and ends when the change was reported.
 */
const [root = '', file] = process.argv.slice(2)
let reported = (_paths: readonly string[]): void => {}
const request = {
  paths: [root],
  ignored: () => false,
  prunes: () => false,
  onChange: (paths: readonly string[]) => reported(paths),
}
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
if (file !== undefined) {
  await new Promise<void>((resolve) => {
    reported = (paths) => {
      if (paths.includes(file)) resolve()
    }
    writeFileSync(file, 'changed')
  })
}
process.stdout.write(`${JSON.stringify({ readyMs, cpuMs, megabytes, problems })}\n`)
await files.close()
