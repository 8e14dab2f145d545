import type { ContainerHelper } from '../ports/container-helper.js'

/** A container helper that is a name only: the fake engine knows what it does. */
export const fakeHelper: ContainerHelper = {
  file: (arch) => `/helper/linux-${arch}`,
  checksum: (arch) => `checksum-${arch}`,
  containerPath: '/.tiltts/helper',
  wrap: (argv, { onExit }) => ['/.tiltts/helper', 'wrap', `--on-exit=${onExit}`, '--', ...argv],
}
