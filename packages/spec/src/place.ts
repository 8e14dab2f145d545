/** Where something stands in a file of the user's. Lines and columns count from 1. */
export interface Place {
  /** Absolute path. */
  readonly file: string
  readonly line: number
  readonly column: number
  /** The source around the place as it was when it was read, so that a frame can be drawn after the file changed. */
  readonly excerpt?: Excerpt | undefined
}

/** Some lines of a file. */
export interface Excerpt {
  /** Number of the first line, counted from 1. */
  readonly firstLine: number
  readonly lines: readonly string[]
}
