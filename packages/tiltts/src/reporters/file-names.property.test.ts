import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fileNames } from './file-names.js'

const name = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('..', '.', 'con', 'AUX.x', 'a/b', 'a:b', 'A_B', 'x'.repeat(300), 'api', '../../etc/passwd'),
)

test('any names become different ones that every file system takes', () => {
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 30 }), (names) => {
      const fileName = fileNames('.log')
      const files = names.map(fileName)
      expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(names.length)
      for (const file of files) {
        expect(file).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]*\.log$/)
        expect(file.length).toBeLessThan(120)
        expect(file).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i)
      }
      expect(names.map(fileName)).toEqual(files)
    }),
  )
})

test('plain names stay as they are', () => {
  const fileName = fileNames('.log')
  expect(['api', 'shop-db.1', 'shop/api', 'shop:api'].map(fileName)).toEqual([
    'api.log',
    'shop-db.1.log',
    'shop_api.log',
    'shop_api-2.log',
  ])
})
