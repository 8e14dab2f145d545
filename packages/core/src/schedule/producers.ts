/** A resource with the paths it reads and writes, all absolute. */
export interface PathUse {
  readonly name: string
  readonly deps: readonly string[]
  readonly outputs: readonly string[]
  /** Whether a path below `deps` is ignored all the same. @default none is */
  readonly ignores?: ((path: string) => boolean) | undefined
}

/**
 * For each resource the others whose declared outputs are among its inputs: an output lies in or below one of its deps,
 * or one of its deps lies below an output. Resources without such are left out. Names keep the order given.
 */
export function findProducers(resources: readonly PathUse[]): ReadonlyMap<string, readonly string[]> {
  const writers = groupByPath(resources, (resource) => resource.outputs)
  if (writers.size === 0) return new Map()
  const readers = groupByPath(resources, (resource) => resource.deps)
  const pairs = new Map<string, Set<string>>()
  const pair = (reader: PathUse, writer: PathUse, path: string): void => {
    if (reader.name === writer.name || reader.ignores?.(path) === true) return
    const names = pairs.get(reader.name)
    if (names === undefined) pairs.set(reader.name, new Set([writer.name]))
    else names.add(writer.name)
  }

  for (const writer of resources)
    for (const output of writer.outputs)
      for (const folder of selfAndFoldersAbove(output))
        for (const reader of readers.get(folder) ?? []) pair(reader, writer, output)
  for (const reader of resources)
    for (const dep of reader.deps)
      for (const folder of selfAndFoldersAbove(dep))
        for (const writer of writers.get(folder) ?? []) pair(reader, writer, dep)

  const position = new Map(resources.map(({ name }, index) => [name, index]))
  const byPosition = (a: string, b: string): number => (position.get(a) ?? 0) - (position.get(b) ?? 0)
  return new Map([...pairs].map(([reader, names]) => [reader, [...names].toSorted(byPosition)]))
}

function groupByPath(
  resources: readonly PathUse[],
  paths: (resource: PathUse) => readonly string[],
): ReadonlyMap<string, readonly PathUse[]> {
  const groups = new Map<string, PathUse[]>()
  for (const resource of resources) {
    for (const path of paths(resource)) {
      const key = withoutSlash(path)
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [resource])
      else group.push(resource)
    }
  }
  return groups
}

function* selfAndFoldersAbove(path: string): Iterable<string> {
  let rest = withoutSlash(path)
  while (rest !== '') {
    yield rest
    rest = rest.slice(0, Math.max(0, rest.lastIndexOf('/')))
  }
  yield '/'
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}
