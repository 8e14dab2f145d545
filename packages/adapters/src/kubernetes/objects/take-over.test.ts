import { describe, expect, it } from 'vitest'
import { fieldsTakenOver } from './take-over.js'

const owner = (manager: string, operation: string, fieldsV1: object, more: object = {}): object => ({
  manager,
  operation,
  apiVersion: 'v1',
  fieldsType: 'FieldsV1',
  fieldsV1: fieldsV1 as Record<string, unknown>,
  ...more,
})

describe('fields that others have applied', () => {
  it('APPLY-03: become ours when kubectl or Tilt has applied them', () => {
    const owners = [
      owner('kubectl-client-side-apply', 'Update', { 'f:data': { 'f:a': {} } }),
      owner('tilt', 'Apply', { 'f:data': { 'f:b': {} } }),
      owner('controller', 'Update', { 'f:status': {} }),
    ]
    expect(fieldsTakenOver(owners, 'tiltts')).toEqual([
      owner('controller', 'Update', { 'f:status': {} }),
      owner('tiltts', 'Apply', { 'f:data': { 'f:a': {}, 'f:b': {} } }),
    ])
  })

  it('are added to those that are ours', () => {
    const owners = [
      owner('tiltts', 'Apply', { 'f:data': { '.': {}, 'f:a': {} } }, { time: 'now' }),
      owner('kubectl-client-side-apply', 'Update', { 'f:data': { 'f:b': {} } }),
    ]
    expect(fieldsTakenOver(owners, 'tiltts')).toEqual([
      owner('tiltts', 'Apply', { 'f:data': { '.': {}, 'f:a': {}, 'f:b': {} } }, { time: 'now' }),
    ])
  })

  it('stay with everybody else, and with those who only tell of the status', () => {
    expect(fieldsTakenOver([owner('helm', 'Update', { 'f:spec': {} })], 'tiltts')).toBeUndefined()
    expect(fieldsTakenOver([owner('tilt', 'Update', {}, { subresource: 'status' })], 'tiltts')).toBeUndefined()
    expect(fieldsTakenOver([], 'tiltts')).toBeUndefined()
  })
})
