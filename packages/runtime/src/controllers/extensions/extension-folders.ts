import { fileURLToPath } from 'node:url'
import type { Extension, ExtensionRepo, ExtensionRepoStatus, ExtensionStatus } from '@tiltts/spec'

/** Where a repository is. One of another machine is not fetched: what runs here is what the user has put here. */
export function repoStatus({ spec: { url } }: ExtensionRepo): ExtensionRepoStatus {
  if (!url.startsWith('file://'))
    return { error: `${url} is on another machine: check it out, and name its folder as file://…` }
  try {
    return { path: fileURLToPath(url) }
  } catch (error) {
    return { error: `${url} names no folder: ${(error as Error).message}` }
  }
}

/** Where an extension is, by the repository that it names. */
export function extensionStatus({ spec }: Extension, repo: ExtensionRepo | undefined): ExtensionStatus {
  if (repo === undefined) return { error: `there is no ExtensionRepo "${spec.repoName}"` }
  const { path, error } = repoStatus(repo)
  if (path === undefined) return { error: `ExtensionRepo "${spec.repoName}": ${error}` }
  return { path: [path, repo.spec.gitSubpath, spec.repoPath].filter(Boolean).join('/') }
}
