/** How a host process is started. */
export interface HostEntry {
  /** Absolute path of the module that it runs. */
  readonly path: string
  /** Options for Node in front of it. */
  readonly execArgv: readonly string[]
}

/** Options that every host needs. */
export const hostExecArgv: readonly string[] = [
  // Only used when a blocked host is asked where it is: any free port, and the way in is told on stderr alone.
  '--inspect-port=127.0.0.1:0',
  '--inspect-publish-uid=stderr',
  // That JSON modules are experimental, and hooks in a thread on their way out, is no news to the user.
  '--disable-warning=ExperimentalWarning',
  '--disable-warning=DEP0205',
  // A host waits most of its life: a small young generation and few helper threads keep it small.
  '--max-semi-space-size=2',
  '--v8-pool-size=1',
]
