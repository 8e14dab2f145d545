import type { ContextEntry } from './context-tree.js'

/** The name by which builders look for the Dockerfile. */
export const dockerfileName = 'Dockerfile'

/** The folder of the Dockerfile as the builder sees it: the text that is built, and what is ignored. */
export function* dockerfileTree(text: string): Generator<ContextEntry> {
  yield textEntry(dockerfileName, text)
  // Without it the builder would read the .dockerignore of the context, whose rules are applied here already.
  yield textEntry(`${dockerfileName}.dockerignore`, '# The context is filtered before it is sent.\n')
}

function textEntry(path: string, text: string): ContextEntry {
  const content = Buffer.from(text)
  // Taken for changed each time, whatever the builder kept of earlier ones.
  return { path, kind: 'file', mode: 0o644, size: content.length, mtimeMs: Date.now(), content }
}
