import type { Flags } from '../cli/command.js'

/** Flags that name objects by files in which they stand. */
export const fileFlags: Flags = {
  filename: {
    type: 'string',
    short: 'f',
    multiple: true,
    value: '<file>',
    help: 'objects in YAML or JSON: a file, a folder, a URL, or - for standard input; may stand several times',
  },
  recursive: { type: 'boolean', short: 'R', help: 'of a folder, read those in it, too' },
  kustomize: { type: 'string', short: 'k', value: '<folder>', help: 'the objects that a kustomization makes' },
}
