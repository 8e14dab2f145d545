import { expect, it } from 'vitest'
import type { ClusterEvent } from './cluster-events.js'
import { eventLog } from './event-log.js'

function log(events: readonly Pick<ClusterEvent, 'normal' | 'reason' | 'message'>[]): string {
  const lines: string[] = []
  const logs = { span: (): void => {}, append: (_span: string, line: string): void => void lines.push(line) }
  const resourcesOf = (): ReadonlySet<string> => new Set(['web'])
  const told = eventLog({ logs, since: 0, resourcesOf, shouldBeReady: () => true, onHindrance: () => {} })
  const about = { uid: 'rs', kind: 'ReplicaSet', namespace: 'shop', name: 'web-1' }
  for (const [index, event] of events.entries()) told.take({ ...event, uid: `e${index}`, about, at: 1 })
  return lines.join('')
}

it('says once why pods cannot be made, whatever they were to be called', () => {
  const refused = (pod: string, summed = ''): Pick<ClusterEvent, 'normal' | 'reason' | 'message'> => ({
    normal: false,
    reason: 'FailedCreate',
    message: `${summed}Error creating: pods "${pod}" is forbidden: exceeded quota: none`,
  })
  expect(log([refused('web-a'), refused('web-b'), refused('web-c', '(combined from similar events): ')])).toBe(
    '[event: replicaset shop/web-1] Error creating: pods "web-a" is forbidden: exceeded quota: none\n',
  )
})

it('tells that an image is being pulled, and not that there is nothing to pull', () => {
  const pulled = [
    { normal: true, reason: 'Pulling', message: 'Pulling image "a"' },
    { normal: true, reason: 'Pulling', message: 'Pulling image "b"' },
    { normal: true, reason: 'Pulled', message: 'Container image "c" already present on machine' },
  ]
  expect(log(pulled).match(/image "."/g)).toEqual(['image "a"', 'image "b"'])
})
