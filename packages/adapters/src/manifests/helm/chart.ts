import { join, resolve } from 'node:path'
import type { Files } from '@tiltts/runtime/ports'
import { recordsOf, yamlRecord } from '../yaml-file.js'

/** A chart's folder, and the folders of charts that it names by `file://`. */
export interface Chart {
  readonly dir: string
  /** By the name under which this chart knows them. */
  readonly local: ReadonlyMap<string, Chart>
}

/** Reads which other folders a chart is made of: those of Chart.yaml, and of requirements.yaml of old charts. */
export async function readChart(files: Pick<Files, 'readText'>, dir: string): Promise<Chart> {
  const seen = new Map<string, Chart>()
  const read = async (folder: string): Promise<Chart> => {
    const known = seen.get(folder)
    if (known !== undefined) return known
    const local = new Map<string, Chart>()
    const chart = { dir: folder, local }
    seen.set(folder, chart)
    for (const name of ['Chart.yaml', 'requirements.yaml']) {
      // What is not to be read is for helm to complain about.
      const text = await files.readText(join(folder, name)).catch(() => undefined)
      for (const dependency of recordsOf(yamlRecord(text)['dependencies'])) {
        const { repository, alias, name: chartName } = dependency
        if (typeof repository !== 'string' || !repository.startsWith('file://')) continue
        const at = resolve(folder, repository.slice('file://'.length))
        local.set(String(alias ?? chartName), await read(at))
      }
    }
    return chart
  }
  return read(dir)
}

/** The folder of the chart, and those of all that it is made of. */
export function chartFolders(chart: Chart, seen: Set<string> = new Set()): readonly string[] {
  if (seen.has(chart.dir)) return []
  seen.add(chart.dir)
  return [chart.dir, ...[...chart.local.values()].flatMap((one) => chartFolders(one, seen))]
}

/** The file of a template as helm names it: `shop/charts/db/templates/secret.yaml`; `undefined` when it is in an archive. */
export function templateFile(files: Pick<Files, 'exists'>, chart: Chart, named: string): string | undefined {
  let { dir, local } = chart
  let rest = named.split('/').slice(1)
  while (rest[0] === 'charts' && rest.length > 2) {
    const [, name = '', ...inner] = rest
    const own = join(dir, 'charts', name)
    const other = local.get(name)
    if (files.exists(own)) {
      dir = own
      local = new Map()
    } else if (other !== undefined) {
      dir = other.dir
      local = other.local
    } else return undefined
    rest = inner
  }
  const file = join(dir, ...rest)
  return files.exists(file) ? file : undefined
}
