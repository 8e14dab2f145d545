import type { IncomingMessage } from 'node:http'
import type { Duplex, Readable } from 'node:stream'
import type Dockerode from 'dockerode'
import type { Limits } from './connection/within.js'
import type { RegistryAuth } from './registry-auth.js'

/**
 * An engine that has answered, and how it is spoken to. All ways share the same kept-alive connections. Everything
 * rejects with an InfraError: `docker/unreachable` when the engine is away, `docker/refused` with its own words.
 */
export interface EngineConnection {
  /** Where it is: `unix:///var/run/docker.sock`, `tcp://build.example:2376`, `ssh://me@build.example`. */
  readonly host: string
  readonly engine: EngineFacts
  /**
   * The environment in which the docker command, and buildx and compose with it, speaks to this same engine.
   */
  readonly env: Readonly<Record<string, string>>
  /**
   * A plain call by dockerode, with the errors of this interface. `signal` is to be given to dockerode where it takes one.
   *
   * @param limits.timeoutMs how long the engine may take to answer
   * @default 30 seconds
   */
  call<T>(act: (dockerode: Dockerode, signal: AbortSignal) => Promise<T>, limits?: Limits): Promise<T>
  /** For what {@link call} does not fit. Its errors are Node's and its own. */
  readonly dockerode: Dockerode
  /** Resolves with the headers of an answer that is no error; the caller has to read the body to its end. */
  request(request: EngineRequest): Promise<IncomingMessage>
  /** Turns a connection into a pipe: `POST /session`, `POST /exec/<id>/start`. It is not kept alive. */
  upgrade(request: UpgradeRequest): Promise<Duplex>
  /** What an error of a stream means: the signal's reason, or an InfraError. */
  failure(error: unknown, signal: AbortSignal | undefined): unknown
  /** The user's login to a registry, by its host: `ghcr.io`, `docker.io`, `127.0.0.1:5000`. `undefined`: there is none. */
  authFor(registry: string): Promise<RegistryAuth | undefined>
  /** All logins of the user's Docker config, by the key they have there. */
  allAuth(): Promise<Readonly<Record<string, RegistryAuth>>>
}

export interface EngineFacts {
  readonly version: string
  /** The version of the API that is spoken: `1.45`. */
  readonly apiVersion: string
  readonly flavour: 'docker' | 'podman'
  /** As Go names them: `amd64`, `linux`. */
  readonly arch: string
  readonly os: string
}

export interface EngineRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  /** Without the version of the API, with the query: `/containers/json?all=1`. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** A text or buffer is sent with its length, a stream in chunks. */
  readonly body?: string | Buffer | Readable | undefined
  /** Until the body has been read to its end; aborting cuts the connection. */
  readonly signal?: AbortSignal | undefined
  /** How long the engine may take to answer with headers. @default for ever */
  readonly timeoutMs?: number | undefined
}

export interface UpgradeRequest {
  readonly path: string
  /** Each of several values is sent as a header of its own. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | undefined
  readonly body?: string | undefined
  /** The protocol that is asked for. @default tcp */
  readonly protocol?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** The engine, as soon as it answers: tried again with each call while it is away, kept while it is there. */
export type Connect = (signal?: AbortSignal) => Promise<EngineConnection>
