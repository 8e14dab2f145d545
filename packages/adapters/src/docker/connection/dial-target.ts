import type { TlsFiles } from './tls-files.js'

/** Where an engine is to be found. */
export interface Endpoint {
  /** As DOCKER_HOST names it: `unix:///var/run/docker.sock`. */
  readonly host: string
  /** Who says so: `DOCKER_HOST`, `the Docker context "remote"`; absent for the usual places. */
  readonly from?: string | undefined
  readonly dial: Dial
}

export type Dial =
  /** A unix socket, or a named pipe of Windows. */
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls?: TlsFiles | undefined }
  /** A command whose stdin and stdout are the connection. */
  | { readonly kind: 'command'; readonly argv: readonly string[] }
