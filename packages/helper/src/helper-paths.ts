/** Where the helper is put in a container: an absolute path in a folder of its own. */
export const helperPath = '/.tiltts/helper'

/** The version of the helper that this package has, as `ready()` tells it of the one in the container. */
export const helperVersion = '1'
