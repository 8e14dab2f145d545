import { expect, it } from 'vitest'
import { filePattern } from './file-pattern.js'

const matches = (pattern: string, path: string): boolean | undefined => filePattern(pattern)?.matches(path)

it('is none for a plain path', () => {
  expect(filePattern('/shop/k8s/api.yaml')).toBeUndefined()
  expect(filePattern('/shop/k8s (old)/+api@2.yaml')).toBeUndefined()
})

it('knows the folder and the depth in which to look', () => {
  expect(filePattern('/shop/k8s/*.yaml')).toMatchObject({ base: '/shop/k8s', depth: 1 })
  expect(filePattern('/shop/*/k8s/*.yaml')).toMatchObject({ base: '/shop', depth: 3 })
  expect(filePattern('/shop/{a,b/c}/x.yaml')).toMatchObject({ base: '/shop', depth: 3 })
  expect(filePattern('/shop/**/*.yaml')).toMatchObject({ base: '/shop', depth: undefined })
})

it('matches as a shell does', () => {
  expect(matches('/k/*.yaml', '/k/a.yaml')).toBe(true)
  expect(matches('/k/*.yaml', '/k/d/a.yaml')).toBe(false)
  expect(matches('/k/*.yaml', '/k/.a.yaml')).toBe(false)
  expect(matches('/k/.*.yaml', '/k/.a.yaml')).toBe(true)
  expect(matches('/k/**/*.yaml', '/k/a.yaml')).toBe(true)
  expect(matches('/k/**/*.yaml', '/k/b/c/a.yaml')).toBe(true)
  expect(matches('/k/**/*.yaml', '/k/.git/a.yaml')).toBe(false)
  expect(matches('/k/[ab].y?ml', '/k/b.yaml')).toBe(true)
  expect(matches('/k (old)/*.yaml', '/k (old)/a.yaml')).toBe(true)
  expect(matches('/k/{a,b}.{yaml,json}', '/k/b.json')).toBe(true)
})

it('does not enter folders in which nothing can match', () => {
  const prunes = (pattern: string, folder: string): boolean | undefined => filePattern(pattern)?.prunes(folder)
  expect(prunes('/k/*.yaml', '/k')).toBe(false)
  expect(prunes('/k/*.yaml', '/k/a')).toBe(true)
  expect(prunes('/k/*/x.yaml', '/k/a')).toBe(false)
  expect(prunes('/k/*/x.yaml', '/k/a/b')).toBe(true)
  expect(prunes('/k/**/*.yaml', '/k/a/b/c')).toBe(false)
  expect(prunes('/k/**/*.yaml', '/k/a/node_modules')).toBe(true)
  expect(prunes('/k/**/*.yaml', '/k/.git')).toBe(true)
  expect(prunes('/k/**/node_modules/*.yaml', '/k/node_modules')).toBe(false)
})
