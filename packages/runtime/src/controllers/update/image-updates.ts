import type { LogStore } from '@tiltts/core/logs'
import type { ObjectStore } from '@tiltts/core/store'
import { type Image, type ImageResult, type Resource, toApiTime } from '@tiltts/spec'
import { bringImageUpToDate } from '../../executors/image/bring-up-to-date.js'
import type { ImageDeps } from '../../executors/image/image-job.js'
import { buildSpan } from '../cmd/span.js'
import { imageCluster } from '../kubernetes/kubernetes-cluster.js'
import type { UpdateRun } from './update-steps.js'

export interface ImageUpdates extends ImageDeps {
  readonly store: ObjectStore
  readonly logs: LogStore
  /** Whether what earlier sessions have built counts. */
  readonly useRecords: boolean
}

export type ImagesEnd =
  | { readonly ok: true; readonly results: ReadonlyMap<string, ImageResult> }
  | { readonly ok: false; readonly error: string; readonly exitCode?: number | undefined }

/** Brings the images of a resource up to date, bases before what is built upon them. The first failure ends it. */
export async function updateImages(
  deps: ImageUpdates,
  resource: Resource,
  run: UpdateRun,
  force: boolean,
): Promise<ImagesEnd> {
  const results = new Map<string, ImageResult>()
  for (const { name } of resource.spec.images) {
    run.signal.throwIfAborted()
    const image = deps.store.get('Image', name)
    if (image === undefined) return { ok: false, error: `image ${name} is not in the config any more` }
    const end = await updateImage(deps, { image, resource, force, results }, run)
    if (!end.ok) return { ok: false, error: `image ${image.spec.repository}: ${end.error}`, exitCode: end.exitCode }
    results.set(name, end.result)
    run.release(name)
  }
  return { ok: true, results }
}

async function updateImage(
  deps: ImageUpdates,
  of: {
    readonly image: Image
    readonly resource: Resource
    readonly force: boolean
    readonly results: ReadonlyMap<string, ImageResult>
  },
  run: UpdateRun,
) {
  const { store, clock, logs } = deps
  const { image, resource, force, results } = of
  const { name } = image.metadata
  const { update, signal } = run
  const cause = { by: 'update', resource: resource.metadata.name, update } as const
  const write = (change: (status: Image['status']) => Image['status']): void => {
    store.update(cause, (tx) => {
      if (tx.get('Image', name) !== undefined) tx.status('Image', name, change)
    })
  }
  const bases = image.spec.dependsOn.flatMap((base) => {
    const spec = store.get('Image', base)?.spec
    const result = results.get(base)
    return spec === undefined || result === undefined ? [] : [{ spec, result }]
  })
  const done = run.steps.begin(`image ${image.spec.repository}`)
  const log = (text: string, level: 'info' | 'warn' | 'error' = 'info'): void =>
    void logs.append(buildSpan(update), text, level)
  write((status) => ({ ...status, building: { update, startedAt: toApiTime(clock.now()) }, stages: [] }))
  try {
    const end = await bringImageUpToDate(
      deps,
      {
        name,
        spec: image.spec,
        bases,
        force,
        useRecords: deps.useRecords,
        cluster: imageCluster(store, image.spec, resource),
        resource: resource.metadata.name,
        changedFiles: run.files,
        log,
        onStage(stages) {
          run.steps.hashed()
          write((status) => ({ ...status, stages }))
        },
      },
      signal,
    )
    if (end.ok) {
      // Then looking at it was all there was to do.
      if (end.result.reused) run.steps.hashed()
      done()
      if (end.result.reused && isBuilt(image)) log(`Image ${image.spec.repository} is up to date\n`)
      write((status) => ({ stages: status.stages, result: end.result }))
    } else {
      done(end.error)
      write((status) => ({ stages: status.stages, error: end.error, ...(status.result && { result: status.result }) }))
    }
    return end
  } catch (error) {
    done(String(error instanceof Error ? error.message : error))
    write(({ building: _, ...status }) => status)
    throw error
  }
}

/** Of one that is only synced into, nobody here knows how it stands. */
function isBuilt({ spec: { node } }: Image): boolean {
  return node.build === 'docker' || node.command !== undefined
}
