import type { ObjectStore } from '@tiltts/core/store'
import { type BatchController, own, watch } from '../controller.js'
import { nameIndex } from '../name-index.js'
import { extensionStatus, repoStatus } from './extension-folders.js'

/** Tells of each repository of extensions where it is. */
export function extensionRepoController({ store }: { readonly store: ObjectStore }): BatchController {
  return {
    name: 'extension-repo',
    watches: [own('ExtensionRepo')],
    reconcileAll(names) {
      store.update({ by: 'extension-repo' }, (tx) => {
        for (const name of names) {
          const repo = tx.get('ExtensionRepo', name)
          if (repo !== undefined) tx.status('ExtensionRepo', name, () => repoStatus(repo))
        }
      })
    },
  }
}

/** Tells of each extension where it is. */
export function extensionController({ store }: { readonly store: ObjectStore }): BatchController {
  const byRepo = nameIndex()
  return {
    name: 'extension',
    watches: [own('Extension'), watch('ExtensionRepo', (change) => byRepo.of(change.name))],
    reconcileAll(names) {
      store.update({ by: 'extension' }, (tx) => {
        for (const name of names) {
          const extension = tx.get('Extension', name)
          byRepo.set(name, extension === undefined ? [] : [extension.spec.repoName])
          if (extension === undefined) continue
          const repo = tx.get('ExtensionRepo', extension.spec.repoName)
          tx.status('Extension', name, () => extensionStatus(extension, repo))
        }
      })
    },
  }
}
