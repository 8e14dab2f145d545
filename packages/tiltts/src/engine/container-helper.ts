import { type HelperArch, helperChecksum, helperFile, helperPath, wrapArgv } from '@tiltts/helper'
import type { ContainerHelper } from '@tiltts/runtime'

/** The helper that ships with this program. */
export const containerHelper: ContainerHelper = {
  file: (arch) => (isKnown(arch) ? helperFile(arch) : undefined),
  checksum: (arch) => (isKnown(arch) ? helperChecksum(arch) : ''),
  containerPath: helperPath,
  wrap: (argv, options) => wrapArgv(argv, options),
}

function isKnown(arch: string): arch is HelperArch {
  return arch === 'amd64' || arch === 'arm64'
}
