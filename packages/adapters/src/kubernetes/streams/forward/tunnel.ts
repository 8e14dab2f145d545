/** One connection to a port of a pod, in whatever way it is packed for the network. */
export interface Tunnel {
  /** Bytes that go out to begin with. */
  readonly hello: readonly Buffer[]
  /** As they go out. */
  data(bytes: Uint8Array): Buffer
  /** That no more will come; `undefined`: it cannot be said. */
  end(): Buffer | undefined
  /** What came in. */
  read(bytes: Buffer): void
}

export interface TunnelEvents {
  onData(bytes: Buffer): void
  /** The pod has closed its side. */
  onEnd(): void
  /** In the server's words. */
  onFailure(message: string): void
  /** Something that has to go out. */
  onReply(bytes: Buffer): void
}
