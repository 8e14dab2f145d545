import type { Session } from '@tiltts/spec'
import { expect, test } from 'vitest'
import { at, resource } from './row.test.support.js'
import { uiSession } from './ui-session.js'

test('API-34: the session has its start time as identity, and names the config', () => {
  const session: Session = {
    apiVersion: 'tilt.dev/v1alpha1',
    kind: 'Session',
    metadata: resource('Tiltfile').metadata,
    spec: { tiltfilePath: '/app/tilt.config.ts', exitCondition: 'manual' },
    status: { pid: 1, startTime: at(0), done: false, error: '', targets: [] },
  }
  expect(uiSession(session, { version: '1.2.3' })).toMatchObject({
    tiltStartTime: at(0),
    tiltfileKey: '/app/tilt.config.ts',
    runningTiltBuild: { version: '1.2.3', dev: false },
  })
  expect(uiSession(session, { version: '1.2.3' }, 'out of memory').fatalError).toBe('out of memory')
})
