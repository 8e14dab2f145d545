import type { ToolCandidate } from '../tools.js'

/** Helm 3.1 or later: `--include-crds` is what makes a chart whole. */
export const helmTool: ToolCandidate = {
  argv: ['helm'],
  versionArgv: ['helm', 'version', '--short'],
  versionOf(output) {
    // Helm 2 writes `Client: ` in front of it.
    const [, version = '', major, minor] = /(v(\d+)\.(\d+)\.\d\S*)/.exec(output) ?? []
    if (major === undefined) return { unusable: `its version cannot be read: ${output.trim() || 'it says nothing'}` }
    const isOld = Number(major) < 3 || (Number(major) === 3 && Number(minor) < 1)
    return isOld ? { unusable: `it is ${version}, and 3.1 or later is needed` } : { version }
  },
}
