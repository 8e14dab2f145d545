/** The subprotocols of a process in a pod, newest first. */
export const V5 = 'v5.channel.k8s.io'
export const V4 = 'v4.channel.k8s.io'

/** The first byte of each message. */
export const STDIN = 0
export const STDOUT = 1
export const STDERR = 2
export const STATUS = 3
export const RESIZE = 4
/** Of V5: that a channel has ended. */
export const CLOSE = 255
