import { type FileWatch, fromApiTime, type Image, type Resource, type UpdateCause } from '@tiltts/spec'

/** Where images stand. */
export interface ImageView {
  readonly image: (name: string) => Pick<Image, 'spec' | 'status'> | undefined
  readonly watch: (name: string) => Pick<FileWatch, 'status'> | undefined
}

/**
 * Names of those images of a resource that its next update need not build: this session has built them, or found them
 * current, and nothing that they are made of has changed since. The cost is that of what their watches remember.
 */
export function settledImages({ spec, status }: Pick<Resource, 'spec' | 'status'>, view: ImageView): Set<string> {
  const settled = new Set<string>()
  // Another definition may mean another image, and a trigger builds all of them.
  if (status.triggered !== undefined || !status.pending.every(isAboutFiles)) return settled
  // Bases come first.
  for (const { name } of spec.images) if (isSettled(name, settled, view)) settled.add(name)
  return settled
}

function isSettled(name: string, settled: ReadonlySet<string>, { image, watch }: ImageView): boolean {
  const { spec, status } = image(name) ?? {}
  if (spec === undefined || status?.result === undefined) return false
  if (status.building !== undefined || status.error !== undefined) return false
  if (!spec.dependsOn.every((base) => settled.has(base))) return false
  const builtAt = fromApiTime(status.result.buildStartTime)
  const events = watch(spec.watch)?.status.fileEvents ?? []
  return events.every(({ time }) => fromApiTime(time) < builtAt)
}

function isAboutFiles({ reason }: UpdateCause): boolean {
  return reason === 'files' || reason === 'dependency' || reason === 'initial'
}
