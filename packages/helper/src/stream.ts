/** A way to the agent's stdin and stdout: an exec of Docker or Kubernetes, or a process. */
export interface HelperStream {
  /** Resolves when more can be taken. Rejects when the stream is closed. */
  write(bytes: Uint8Array): Promise<void>
  /** Called once, before anything is written. Output that came before is handed over, too. */
  onData(listener: (bytes: Uint8Array) => void): void
  /** Ends stdin. Whoever made the stream sees to it that `closed` follows soon. */
  end(): void
  /** Resolves when nothing comes any more, with the reason in words: what stood on stderr, or `''`. Never rejects. */
  readonly closed: Promise<string>
}
