/** What Linux calls processors, by the names that images use. */
const aliases: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  i386: '386',
  i686: '386',
  armv7l: 'arm',
  armhf: 'arm',
}

const known = new Set(['amd64', 'arm64', 'riscv64', 'ppc64le', 's390x', '386', 'mips64le', 'mips64'])

/** The platform of containers on a processor; `undefined` when nothing is known of it. @example platformOf('arm64') // 'linux/arm64' */
export function platformOf(arch: string | undefined): string | undefined {
  if (arch === undefined) return undefined
  const name = aliases[arch] ?? arch
  if (name === 'arm') return 'linux/arm/v7'
  return known.has(name) ? `linux/${name}` : undefined
}

/** The platform to build for: what the image says, else DOCKER_DEFAULT_PLATFORM, else where its containers run. */
export function buildPlatform(of: {
  readonly image: string | undefined
  readonly environment: string | undefined
  readonly arch: string | undefined
}): string | undefined {
  return nonEmpty(of.image) ?? nonEmpty(of.environment) ?? platformOf(of.arch)
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

const automatic = ['PLATFORM', 'OS', 'ARCH', 'VARIANT'] as const

/**
 * The variables that the builder sets by itself and that FROM may use. One that only the builder knows stands for itself,
 * so that a reference with it is like no other.
 */
export function platformVariables(platform: string | undefined): ReadonlyMap<string, string> {
  const [os, arch, variant] = platform?.split('/') ?? []
  const target = platform === undefined ? [] : [platform, os, arch, variant ?? '']
  return new Map([
    ...automatic.map((part, index) => [`TARGET${part}`, target[index] ?? `\${TARGET${part}}`] as const),
    ...automatic.map((part) => [`BUILD${part}`, `\${BUILD${part}}`] as const),
  ])
}
