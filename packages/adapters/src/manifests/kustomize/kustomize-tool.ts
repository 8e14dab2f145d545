import type { ToolCandidate } from '../tools.js'

/** Kustomize by itself. A version that nobody can read is as good as another. */
export const kustomizeTool = (bin: string): ToolCandidate => ({
  argv: [bin, 'build'],
  versionArgv: [bin, 'version'],
  versionOf: (output) => ({ version: output.trim() }),
})

/** The kustomize that is in kubectl. */
export const kubectlTool: ToolCandidate = {
  argv: ['kubectl', 'kustomize'],
  versionArgv: ['kubectl', 'version', '--client'],
  versionOf: (output) => ({ version: output.trim() }),
}
