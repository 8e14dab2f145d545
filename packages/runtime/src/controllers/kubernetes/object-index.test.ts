import { expect, it } from 'vitest'
import { objectIndex } from './object-index.js'
import { deployment } from './pods.test.support.js'

const seen = (uid: string, generation = 1) => {
  const object = deployment('web')
  return { ...object, metadata: { ...object.metadata, uid, generation } }
}

it('remembers what is gone only as long as somebody is to be told', () => {
  const index = objectIndex()
  index.see(seen('applied'), false)
  index.see(seen('other'), false)
  index.remove('applied', true)
  index.remove('other', false)
  expect(index.get('applied')?.gone).toBe(true)
  expect(index.get('other')).toBeUndefined()
  index.release('applied')
  expect(index.get('applied')).toBeUndefined()
})

it('keeps what is there when nobody has applied it any more, and takes any generation of it again', () => {
  const index = objectIndex()
  index.atLeast('web', 3)
  index.see(seen('web', 3), false)
  expect(index.see(seen('web', 2), false)).toBe(false)
  index.release('web')
  expect(index.get('web')?.gone).toBe(false)
  expect(index.see(seen('web', 2), false)).toBe(true)
})
