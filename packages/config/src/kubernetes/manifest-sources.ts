import { existsSync, statSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import type { KubernetesManifest, ManifestSource } from '@tiltts/spec'
import type { Call } from '../call/call.js'
import { describe } from '../call/expect.js'
import { listOf } from '../call/lists.js'
import { kindOf } from '../handle.js'
import type { KeptYaml } from '../kubernetes-object.js'
import { plainObjects } from './checked-object.js'

/**
 * Where manifests of a call come from. Files must be there; what stands in them is read after the evaluation.
 *
 * @returns Nothing when there are none, or when one is wrong, which is recorded.
 */
export function manifestSources(call: Call, given: unknown): readonly ManifestSource[] {
  const entries = listOf<unknown>(given as readonly unknown[])
  const kept = entries.map((entry) => sourceOf(call, entry))
  const sources = kept.filter((source) => source !== undefined)
  const isEmpty = sources.every((source) => source.type === 'text' && source.text.trim() === '')
  if (kept.length === sources.length && isEmpty) {
    call.error(
      'config/invalid-option',
      `Empty YAML: ${call.builder}() was given no manifests`,
      "Name a file or give objects: k8sYaml('./k8s/api.yaml')",
    )
    return []
  }
  return joined(sources)
}

function sourceOf(call: Call, given: unknown): ManifestSource | undefined {
  if (typeof given === 'string') return fileSource(call, given)
  if (kindOf(given) === 'yaml') return (given as KeptYaml).source
  if (typeof given !== 'object' || given === null || Array.isArray(given) || given instanceof Promise) {
    call.error(
      'config/invalid-option',
      `${call.builder}(): expected a path, an object, or what helm(), kustomize() or yaml\`…\` return, got ${describe(given)}`,
    )
    return undefined
  }
  const objects = plainObjects(given)
  if (!('problem' in objects)) return { type: 'objects', objects }
  call.error('config/invalid-manifest', `${call.builder}(): ${objects.problem}`)
  return undefined
}

function fileSource(call: Call, given: string): ManifestSource | undefined {
  if (/[\r\n]|^\s*(?:apiVersion|kind):/.test(given)) {
    call.error(
      'config/read-failed',
      `${call.builder}() takes paths, and ${describe(given)} looks like a manifest`,
      'For manifests written in the config: yaml`…`, or plain objects',
    )
    return undefined
  }
  const path = call.path(given)
  const found = statSync(path, { throwIfNoEntry: false })
  const folder = found === undefined ? folderOfPattern(path) : undefined
  const problem = folder === undefined ? fileProblem(path, found) : folderProblem(folder)
  // what a pattern finds is watched by whoever looks for it
  if (folder === undefined || problem !== undefined) call.recorder.recordRead({ path: folder ?? path, kind: 'file' })
  if (problem === undefined) return { type: 'file', path }
  call.error('config/read-failed', `${call.builder}(): ${path} cannot be read: ${problem.why}`, problem.hint)
  return undefined
}

interface PathProblem {
  readonly why: string
  readonly hint?: string
}

function fileProblem(path: string, found: ReturnType<typeof statSync>): PathProblem | undefined {
  if (found === undefined) return { why: 'it does not exist' }
  if (!found.isDirectory()) return undefined
  const isKustomization = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'].some((name) =>
    existsSync(join(path, name)),
  )
  return {
    why: 'it is a folder',
    hint: isKustomization ? 'It holds a kustomization: k8sYaml(kustomize(…))' : "Name the files in it: './k8s/*.yaml'",
  }
}

function folderProblem(folder: string): PathProblem | undefined {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return undefined
  return { why: `there is no folder ${folder}` }
}

/** The folder that all files of a pattern are in; `undefined` for a path that is no pattern. */
function folderOfPattern(path: string): string | undefined {
  const parts = path.split(sep)
  const first = parts.findIndex((part) => /[*?[{]/.test(part))
  if (first < 0) return undefined
  return parts.slice(0, first).join(sep) || dirname(path)
}

/** Objects that stand side by side are one source. */
function joined(sources: readonly ManifestSource[]): readonly ManifestSource[] {
  const all: ManifestSource[] = []
  let objects: KubernetesManifest[] | undefined
  for (const source of sources) {
    if (source.type !== 'objects') {
      objects = undefined
      all.push(source)
      continue
    }
    if (objects === undefined) {
      objects = []
      all.push({ type: 'objects', objects })
    }
    objects.push(...source.objects)
  }
  return all
}
