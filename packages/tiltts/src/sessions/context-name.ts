/** The name by which clients know the session at a web port: `tilt-default`, or `tilt-<port>`. */
export function contextName(port: number): string {
  return port === 10350 ? 'tilt-default' : `tilt-${port}`
}
