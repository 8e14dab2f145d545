import { filesContract } from '@tiltts/runtime/contracts/files'
import { describe } from 'vitest'
import { createFiles } from './create-files.js'
import { diskWorld } from './testing/disk-world.js'

describe('createFiles, polling', () => {
  filesContract(() => diskWorld((root) => createFiles({ base: root, pollMs: 120 })))
})
