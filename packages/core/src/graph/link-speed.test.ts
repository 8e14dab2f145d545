import { describe, expect, it } from 'vitest'
import { deployment, manifest } from '../kubernetes/manifests.test.support.js'
import { composeGraph, dockerImage, following, needs, project, service } from './compose.test.support.js'
import { linkGood } from './graph.test.support.js'
import { clusterGraph, service as clusterService, k8sResource, read } from './kubernetes.test.support.js'

/** So many services and images, each image upon one of ten bases, each service after the one before. */
function shop(size: number): () => number {
  const dockerfile = (i: number) =>
    [
      'ARG TAG=1',
      `FROM base${i % 10}:\${TAG} AS build`,
      ...Array.from({ length: 15 }, (_, n) => `RUN step ${n}`),
      'FROM node:20',
    ].join('\n')
  const names = Array.from({ length: size }, (_, i) => `s${i}`)
  const images = [
    ...Array.from({ length: 10 }, (_, i) => dockerImage(`base${i}`)),
    ...names.map((name, i) =>
      dockerImage(`shop/${name}`, dockerfile(i), { liveUpdate: following(`/shop/${name}/src`) }),
    ),
  ]
  const services = names.map((name, i) =>
    service(name, { image: `shop/${name}:latest`, dependsOn: i === 0 ? [] : [needs(names[i - 1] ?? '')] }),
  )
  const graph = composeGraph({ images })
  const projects = [project(services)]
  return () => linkGood(graph, projects).resources.length
}

/** So many objects: workloads of half of the images, each with its Service, a ConfigMap, and a call that is about it. */
function manifests(size: number): () => number {
  const names = Array.from({ length: size / 3 }, (_, i) => `s${i}`)
  const objects = names.flatMap((name) => [
    deployment(name, [`shop/${name}`, 'busybox'], { labels: { release: 'shop' } }),
    clusterService(name, { release: 'shop', app: name }),
    manifest('v1', 'ConfigMap', name, { data: { a: '1', b: '2' } }),
  ])
  const images = names.filter((_, i) => i % 2 === 0).map((name) => dockerImage(`shop/${name}`))
  const resources = names.map((name) => k8sResource(name, { objects: [`${name}:configmap`] }))
  const kinds = [{ kind: 'Widget', imageJsonPaths: ['.spec.image'], place: undefined }]
  const graph = clusterGraph({ resources, kinds }, { images })
  const given = read(objects)
  return () => linkGood(graph, given).resources.length
}

/** The best of some runs, which others on the machine disturb least. */
function bestOf(runs: number, link: () => number): number {
  return Math.min(
    ...Array.from({ length: runs }, () => {
      const start = performance.now()
      link()
      return performance.now() - start
    }),
  )
}

describe('linking', () => {
  it('takes some five times as long for a graph five times as large', () => {
    const [small, large] = [shop(300), shop(1_500)]
    expect(large()).toBe(1_500)
    const [few, many] = [bestOf(7, small), bestOf(3, large)]
    // What is quadratic takes 25 times as long and more; on a busy machine collecting garbage adds to the five.
    expect(many).toBeLessThan(few * 18)
  })

  it('takes some five times as long for five times as many objects', () => {
    const [small, large] = [manifests(900), manifests(4_500)]
    expect(small()).toBe(300)
    const [few, many] = [bestOf(7, small), bestOf(5, large)]
    expect(many).toBeLessThan(few * 18)
  })
})
