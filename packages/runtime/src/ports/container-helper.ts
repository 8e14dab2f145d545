/** The program that can be added to an image as its last layer, to restart its process in place and receive files. */
export interface ContainerHelper {
  /** Where it is here. @param arch as Go names it; `undefined`: there is none for it */
  file(arch: string): string | undefined
  /** SHA-256 of the file, in hex. */
  checksum(arch: string): string
  /** Absolute, in the image. */
  readonly containerPath: string
  /** A command with the helper in front of it. */
  wrap(argv: readonly string[], options: { readonly onExit: 'end' | 'stay' }): readonly string[]
}
