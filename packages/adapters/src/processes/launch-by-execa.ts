import type { ChildProcess } from 'node:child_process'
import { asChild, failedChild, type Launch } from './launch.js'

/**
 * execa's spawn. It finds commands as Windows shells do (`npm` is `npm.cmd`, a script is run by what its first line names) and
 * quotes their arguments, which Node's own does not. Loading it takes about 0.1 s, so it is loaded where it is used.
 */
export async function loadExecaLaunch(): Promise<Launch> {
  const { execa } = await import('execa')
  return ({ argv, dir, env, stdin, output }) => {
    const [command = '', ...args] = argv
    const pipe = output ? 'pipe' : 'ignore'
    const child = execa(command, args, {
      cwd: dir,
      env,
      extendEnv: false,
      detached: process.platform !== 'win32',
      stdin: stdin ? 'pipe' : 'ignore',
      stdout: pipe,
      stderr: pipe,
      // Output is taken piece by piece as it comes, and never kept.
      buffer: false,
      stripFinalNewline: false,
      reject: false,
      // Ending what is left is done for whole groups, elsewhere.
      cleanup: false,
      windowsHide: true,
    })
    if (child.pid !== undefined) return asChild(child as unknown as ChildProcess)
    const failure = child.then((result) => result.cause ?? result)
    return {
      ...failedChild(new Error('not started')),
      onFailure: (fn) => {
        failure.then((cause) => fn(cause instanceof Error ? cause : new Error(String(cause)))).catch(fn)
      },
    }
  }
}
