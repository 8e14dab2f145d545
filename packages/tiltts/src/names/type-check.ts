import { join } from 'node:path'
import ts from 'typescript'

/** Sources outside of the checked folder, read once for all checks of a test file. */
const known = new Map<string, ts.SourceFile | undefined>()

/**
 * What the compiler has to say about the project in a folder, one line each: `tilt.config.ts:3 TS2322 …`.
 * The packages of this repository are taken from their sources.
 */
export function typeCheck(folder: string): readonly string[] {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(folder, 'tsconfig.json'),
    { customConditions: ['@tiltts/source'] },
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (found) => {
        throw new Error(ts.flattenDiagnosticMessageText(found.messageText, '\n'))
      },
    },
  )
  if (config === undefined) throw new Error(`no project in ${folder}`)
  const host = ts.createCompilerHost(config.options)
  const read = host.getSourceFile.bind(host)
  host.getSourceFile = (file, options) => {
    if (file.startsWith(folder)) return read(file, options)
    if (!known.has(file)) known.set(file, read(file, options))
    return known.get(file)
  }
  const program = ts.createProgram({ rootNames: config.fileNames, options: config.options, host })
  return [...config.errors, ...ts.getPreEmitDiagnostics(program)].map((found) => {
    const message = ts.flattenDiagnosticMessageText(found.messageText, '\n')
    if (found.file === undefined || found.start === undefined) return `TS${found.code} ${message}`
    const { line } = ts.getLineAndCharacterOfPosition(found.file, found.start)
    return `${found.file.fileName.replace(`${folder}/`, '')}:${line + 1} TS${found.code} ${message}`
  })
}
