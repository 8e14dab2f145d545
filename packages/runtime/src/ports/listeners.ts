/** Ports of this machine that the engine listens on for others: the near end of port forwards. */
export interface Listeners {
  /**
   * Rejects with `port-forward/port-busy`, which names the process that has the port as far as that can be told.
   *
   * @param address `port` 0: a free one is chosen
   */
  listen(
    address: { readonly host: string; readonly port: number },
    onConnection: (connection: LocalConnection) => void,
  ): Promise<Listener>
}

export interface Listener {
  readonly port: number
  /** Ends the listening and all its connections. */
  close(): Promise<void>
}

/** What somebody here has opened. */
export interface LocalConnection {
  /** Ends when the other side sends no more; throws when the connection broke. */
  readonly input: AsyncIterable<Uint8Array>
  /** Resolves when it can take more. */
  write(chunk: Uint8Array): Promise<void>
  end(): void
  /** Breaks it off, so that the other side sees a failure and no end. */
  destroy(): void
}
