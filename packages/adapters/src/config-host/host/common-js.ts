import { createRequire } from 'node:module'

type Extension = (module: NodeJS.Module, file: string) => unknown

/**
 * Lets CommonJS require TypeScript. What does that is loaded by the first such file: it brings esbuild into this thread,
 * and hardly any config needs it.
 */
export function installCommonJsTypescript(): void {
  const require = createRequire(import.meta.url)
  const extensions = require.extensions as Record<string, Extension | undefined>
  for (const name of ['.ts', '.cts', '.mts', '.tsx']) {
    const first: Extension = (module, file) => {
      const { register } = require('tsx/cjs/api') as { register: () => () => void }
      register()
      const real = extensions[name]
      if (real === undefined || real === first) throw new Error(`tsx does not load ${file}`)
      return real(module, file)
    }
    extensions[name] = first
  }
}
