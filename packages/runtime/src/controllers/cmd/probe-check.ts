import type { ProbeAction } from '@tiltts/spec'

/** Why a probe can never work, or `undefined`. */
export function probeFault(action: ProbeAction): string | undefined {
  switch (action.kind) {
    case 'http':
    case 'tcp':
      return portFault(action.port) ?? hostFault(action)
    case 'log':
      return patternFault(action.pattern, action.flags)
    case 'exec':
      return action.command.argv.length === 0 ? 'its command is empty' : undefined
    case 'check':
      return undefined
  }
}

/** The address that an HTTP probe asks. */
export function probeUrl(action: Extract<ProbeAction, { kind: 'http' }>): string {
  const host = action.host.includes(':') ? `[${action.host}]` : action.host
  const path = action.path.startsWith('/') ? action.path : `/${action.path}`
  return `${action.scheme}://${host}:${action.port}${path}`
}

function portFault(port: number): string | undefined {
  const valid = Number.isInteger(port) && port > 0 && port <= 65_535
  return valid ? undefined : `its port is ${port}; a port is a whole number from 1 to 65535`
}

function hostFault(action: Extract<ProbeAction, { kind: 'http' | 'tcp' }>): string | undefined {
  const url = action.kind === 'http' ? probeUrl(action) : probeUrl({ ...tcpAsHttp, ...action, kind: 'http' })
  return URL.canParse(url) ? undefined : `it cannot be asked at ${url}`
}

const tcpAsHttp = { path: '/', scheme: 'http', headers: {} } as const

function patternFault(pattern: string, flags: string): string | undefined {
  try {
    new RegExp(pattern, flags)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
