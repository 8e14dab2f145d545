import { readFileSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createProject } from './project.js'
import { start } from './run.js'

/** What is edited, and where the command of an edit writes. */
export const editFiles: Readonly<Record<string, string>> = { 'src/edited.txt': '', 'out/stamp': '' }

/** Of a config: the resource whose command runs at an edit. */
export const stampResource = `localResource('stamp', { cmd: ['cp', 'src/edited.txt', 'out/stamp'], deps: ['src'] })
`

/** The least that can be done: watch one folder, spawn the same command. */
const floorScript = `const { watch } = require('node:fs'); const { spawn } = require('node:child_process')
let busy = false, again = false
const run = () => { busy = true; again = false; spawn('cp', ['src/edited.txt', 'out/stamp']).on('exit', () => { busy = false; if (again) run() }) }
watch('src', () => { if (busy) again = true; else run() })
console.log('watching')
`

/** Milliseconds from each edit in a folder to the end of its command, one edit after the other. */
export async function editLatencies(folder: string, edits: number): Promise<readonly number[]> {
  const samples: number[] = []
  for (let i = 0; i < edits; i++) {
    const text = `edit ${i} ${Math.random()}`
    const seen = new Promise<number>((resolve) => {
      const watcher = watch(join(folder, 'out'), () => {
        if (readFileSync(join(folder, 'out/stamp'), 'utf8') !== text) return
        watcher.close()
        resolve(performance.now())
      })
    })
    const before = performance.now()
    writeFileSync(join(folder, 'src/edited.txt'), text)
    samples.push((await seen) - before)
    await sleep(150 + Math.random() * 100)
  }
  return samples
}

/** A folder in which edits are answered by the least that can be done. */
export async function startEditFloor(): Promise<{ readonly folder: string; stop(): Promise<void> }> {
  const project = createProject({ 'floor.cjs': floorScript, ...editFiles })
  const floor = start([process.execPath, 'floor.cjs'], { cwd: project.folder, env: project.env })
  await floor.printed('watching')
  return {
    folder: project.folder,
    async stop() {
      await floor.stop()
      project.remove()
    },
  }
}
