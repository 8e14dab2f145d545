import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Writes `.tiltts/names.d.ts` beside a config: with it, the compiler and the editor check names of resources that are
 * given as text. Names seen before are kept, since other arguments may declare other resources.
 *
 * The folder gets a `.gitignore` of its own when it is made: what was seen differs from machine to machine.
 *
 * @param folder Of the main config.
 * @param options `reset` forgets the names seen before.
 */
export async function writeNames(
  folder: string,
  names: readonly string[],
  options: { readonly reset: boolean },
): Promise<void> {
  const directory = join(folder, '.tiltts')
  const file = join(directory, 'names.d.ts')
  const before = await textOf(file)
  const all = new Set([...(options.reset ? [] : namesIn(before)), ...names])
  const text = declarationOf([...all].sort())
  if (text === before) return
  if ((await mkdir(directory, { recursive: true })) !== undefined) await writeFile(join(directory, '.gitignore'), '*\n')
  const temporary = `${file}.${randomUUID()}.tmp`
  try {
    await writeFile(temporary, text)
    await rename(temporary, file)
  } finally {
    await rm(temporary, { force: true })
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

/** The augmentation works under the name that users import, since `tiltts` exports everything of `@tiltts/config`. */
function declarationOf(names: readonly string[]): string {
  return `// Written by tiltts: the names of resources it has seen. \`tiltts types --reset\` forgets those that are gone.
export {}

declare module 'tiltts' {
  interface ResourceNames {
${names.map((name) => `    ${JSON.stringify(name)}: true\n`).join('')}  }
}
`
}

function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/^ {4}("(?:[^"\\]|\\.)*"): true$/gm)].map(
    ([, quoted = '""']) => JSON.parse(quoted) as string,
  )
}
