import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Living processes (zombies do not count) whose command line holds a text. */
export function processesMatching(text: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter((pid) => isRunning(pid) && readOr(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').includes(text))
}

/** Whether a process lives; a zombie does not. */
export function isRunning(pid: number): boolean {
  const stat = readOr(`/proc/${pid}/stat`)
  return stat !== '' && !/^\d+ \(.*\) [ZX]/s.test(stat)
}

/** Asks again and again until it is so; rejects after the time. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const end = performance.now() + timeoutMs
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not so after ${timeoutMs} ms: ${what}`)
    await sleep(20)
  }
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
