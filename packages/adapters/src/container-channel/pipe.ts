/** The two outputs of a process that has no terminal. */
export type OutputStream = 'stdout' | 'stderr'

/** The stdin and the outputs of a process in a container. */
export interface Pipe {
  /** Resolves when more can be taken. Rejects when it is closed. */
  write(data: string | Uint8Array): Promise<void>
  /** Once, before anything is written. */
  listen(onOutput: (bytes: Buffer, stream: OutputStream) => void): void
  /** Ends stdin. */
  end(): void
  /** Lets go of it at once; the process is not told. */
  destroy(): void
  /** Resolves when nothing comes any more. Never rejects. */
  readonly closed: Promise<void>
}

/** A process beside that of a container. */
export interface Exec {
  readonly pipe: Pipe
  /** Asked after the pipe has closed. `undefined`: it is not known. */
  exitCode(): Promise<number | undefined>
}
