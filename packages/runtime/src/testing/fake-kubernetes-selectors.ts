import type { KubernetesManifest } from '@tiltts/spec'
import type { WatchSelection } from '../ports/kubernetes.js'
import { record, text } from './fake-kubernetes-json.js'

/** Whether an object is meant. */
export function isSelected(object: KubernetesManifest, selection: WatchSelection): boolean {
  if (object.apiVersion !== selection.apiVersion || object.kind !== selection.kind) return false
  if (selection.namespace && object.metadata.namespace !== selection.namespace) return false
  return hasLabels(object, selection.labelSelector ?? '') && hasFields(object, selection.fieldSelector ?? '')
}

function hasLabels({ metadata }: KubernetesManifest, selector: string): boolean {
  const labels = metadata.labels ?? {}
  // Commas within brackets do not divide.
  return parts(selector, /,(?![^(]*\))/).every((one) => {
    const set = /^(\S+)\s+(in|notin)\s+\((.*)\)$/.exec(one)
    if (set) {
      const [, key = '', operator, values = ''] = set
      return parts(values, ',').includes(labels[key] ?? '') === (operator === 'in')
    }
    const [, key = '', not, value] = /^([^=!]+?)\s*(!?)={1,2}\s*(.*)$/.exec(one) ?? []
    if (value !== undefined) return (labels[key] === value) !== (not === '!')
    return one.startsWith('!') ? labels[one.slice(1)] === undefined : labels[one] !== undefined
  })
}

function hasFields(object: KubernetesManifest, selector: string): boolean {
  return parts(selector, ',').every((one) => {
    const [, path = '', not, value] = /^([^=!]+?)(!?)={1,2}(.*)$/.exec(one) ?? []
    const found = path.split('.').reduce<unknown>((at, key) => record(at)[key], object)
    return (text(found) === value) !== (not === '!')
  })
}

function parts(list: string, by: RegExp | string): readonly string[] {
  return list
    .split(by)
    .map((one) => one.trim())
    .filter((one) => one !== '')
}
