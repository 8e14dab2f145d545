import { declaring } from '../call/call.js'
import { checkedOptions, type Expectations } from '../call/expect.js'
import { argv, text, textRecord } from '../call/expectations.js'
import { type Handle, handle } from '../handle.js'
import { include } from '../include.js'
import { declareObject } from './declare-object.js'
import type { ExtensionRepoSpec, ExtensionSpec } from './specs.js'

/** A repository of extensions. */
export interface ExtensionRepo extends Handle<'extensionRepo'> {}

const repoExpectations: Expectations<ExtensionRepoSpec> = {
  name: text,
  annotations: textRecord,
  labels: textRecord,
  url: text,
  ref: text,
  loadHost: text,
  gitSubpath: text,
}

/** Declares a repository of extensions. */
export function extensionRepo(spec: ExtensionRepoSpec): ExtensionRepo {
  const call = declaring('v1alpha1.extensionRepo')
  const good = checkedOptions(call, `v1alpha1.extensionRepo('${spec?.name}')`, spec, repoExpectations)
  const { name = spec?.name, annotations, labels, ...fields } = good
  declareObject(call, { kind: 'ExtensionRepo', name, spec: () => ({ ...fields }), annotations, labels })
  call.recorder.draft.extensionRepos.set(name, fields)
  return handle('extensionRepo', name)
}

const extensionExpectations: Expectations<ExtensionSpec> = {
  name: text,
  annotations: textRecord,
  labels: textRecord,
  repoName: text,
  repoPath: text,
  args: argv,
}

/** Declares an extension. What it exports is loaded when it is asked for. */
export function extension<T>(spec: ExtensionSpec): Promise<T> {
  const call = declaring('v1alpha1.extension')
  const subject = `v1alpha1.extension('${spec?.name}')`
  const good = checkedOptions(call, subject, spec, extensionExpectations)
  const { name = spec?.name, annotations, labels, repoName = 'default', repoPath = name, args = [] } = good
  const made = { repoName, repoPath, args }
  declareObject(call, { kind: 'Extension', name, spec: () => made, annotations, labels })
  return whenAsked(async () => {
    const repo = call.recorder.draft.extensionRepos.get(repoName)
    if (repo?.url === undefined)
      throw call.failure(
        'config/include-failed',
        `${subject}: no extensionRepo is called ${repoName}`,
        'Declare it first',
      )
    if (!repo.url.startsWith('file://'))
      throw call.failure(
        'config/include-failed',
        `${subject}: ${repo.url} is on another machine, and modules are loaded from this one only`,
        'Check it out and name its folder as file://…, or install it as a package and import it',
      )
    const parts = [repo.url, repo.gitSubpath, repoPath].filter((part) => part !== undefined && part !== '')
    return include<T>(parts.join('/'))
  })
}

/** A promise whose work begins when somebody takes its result. */
function whenAsked<T>(work: () => Promise<T>): Promise<T> {
  let begun: Promise<T> | undefined
  const begin = (): Promise<T> => {
    begun ??= work()
    return begun
  }
  return {
    // biome-ignore lint/suspicious/noThenProperty: being asked for `then` is what begins the work
    then: (onFulfilled, onRejected) => begin().then(onFulfilled, onRejected),
    catch: (onRejected) => begin().catch(onRejected),
    finally: (onFinally) => begin().finally(onFinally),
    [Symbol.toStringTag]: 'Promise',
  }
}
