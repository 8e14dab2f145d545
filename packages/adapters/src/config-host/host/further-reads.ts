import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import type { Loader } from './loader.js'
import { fileOf, ownerOf } from './own-files.js'

/** Files of the project that CommonJS modules required: they do not pass the loader. */
export function commonJsFiles(): readonly string[] {
  return Object.keys(createRequire(import.meta.url).cache).filter((file) => ownerOf(file) === 'project')
}

/** Where a module could not be found: the evaluation is worth repeating once one of these is there. */
export function missingFiles(loader: Loader): readonly string[] {
  return loader.unresolved.flatMap(({ specifier, parent }) => {
    const file = fileOf(parent)
    if (file === undefined || !/^\.{0,2}\//.test(specifier) || ownerOf(file) !== 'project') return []
    return candidates(resolve(dirname(file), specifier))
  })
}

function candidates(path: string): readonly string[] {
  const bare = path.replace(/\.([cm]?)jsx?$/, '')
  const kind = /\.([cm])js$/.exec(path)?.[1] ?? ''
  if (bare !== path) return [path, `${bare}.${kind}ts`, ...(kind === '' ? [`${bare}.tsx`] : [])]
  if (/\.[a-z]+$/i.test(path)) return [path]
  return [path, `${path}.ts`, `${path}.tsx`, `${path}.js`, join(path, 'index.ts'), join(path, 'index.js')]
}
