/** A login to a registry, in the shape that the engine takes as `X-Registry-Auth`. */
export interface RegistryAuth {
  readonly username?: string
  readonly password?: string
  /** In place of a password: a token to get tokens by. */
  readonly identitytoken?: string
  readonly serveraddress: string
}
