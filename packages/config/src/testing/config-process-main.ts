import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Diagnostic, Place } from '@tiltts/spec'
import { createCollector, installCollector } from '../collector/index.js'
import { diagnosticsOf } from './evaluate.js'

process.on('message', (folder: string) => {
  void evaluateIn(folder).then((result) => process.send?.(result))
})

async function evaluateIn(folder: string): Promise<unknown> {
  const mainPath = join(folder, 'tilt.config.ts')
  const collector = createCollector({
    mainPath,
    args: [],
    command: 'dev',
    platform: 'posix',
    version: '0.1.0',
    places: (error) => placesIn(folder, error),
    exec: ({ argv: [file = '', ...args], dir, env }) =>
      new Promise((resolve) => {
        execFile(file, args, { cwd: dir, env }, (error, stdout, stderr) => {
          resolve({ stdout, stderr, exitCode: typeof error?.code === 'number' ? error.code : 0 })
        })
      }),
    hashFunction: String,
    log: () => undefined,
  })
  const uninstall = installCollector(collector)
  const failure: Diagnostic[] = []
  try {
    await collector.runDefault(await import(pathToFileURL(mainPath).href))
  } catch (error) {
    failure.push(...diagnosticsOf(error))
  }
  const result = await collector.result(failure)
  uninstall()
  return result
}

function placesIn(folder: string, error: Error): readonly Place[] {
  return [...(error.stack ?? '').matchAll(/(file:\/\/\/[^\s()]+?|\/[^\s():]+):(\d+):(\d+)/g)]
    .map(([, file = '', line, column]) => ({
      file: file.startsWith('file:') ? fileURLToPath(file) : file,
      line: Number(line),
      column: Number(column),
    }))
    .filter(({ file }) => file.startsWith(folder))
}
