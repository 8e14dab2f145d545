import type { Flags } from '../cli/command.js'
import { clusterFlags, evaluationFlags } from '../engine/invoked-ports.js'

/** Flags of the commands that host an engine. */
export const engineFlags: Flags = {
  ...evaluationFlags,
  ...clusterFlags,
  port: {
    type: 'string',
    value: '<number>',
    help: 'port of the API (default: TILT_PORT, else 10350, or a free one when that is taken)',
  },
  host: { type: 'string', value: '<host>', help: 'host to listen on (default: TILT_HOST, else localhost)' },
  json: { type: 'boolean', help: 'print logs as JSON lines' },
  'log-level': {
    type: 'string',
    value: '<level>',
    help: 'print this level and those above: debug, verbose, info, warn, error',
  },
  'log-source': { type: 'string', value: '<source>', help: 'print the logs of: all, build or runtime' },
  'log-resource': { type: 'string', multiple: true, value: '<names>', help: 'print the logs of these resources only' },
}
