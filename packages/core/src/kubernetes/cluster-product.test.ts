import { describe, expect, it } from 'vitest'
import { clusterProduct, isLocalProduct } from './cluster-product.js'

describe('the product of a cluster', () => {
  it.each([
    ['minikube', 'minikube'],
    ['minikube-two', 'minikube'],
    ['docker-desktop', 'docker-desktop'],
    ['docker-for-desktop-cluster', 'docker-desktop'],
    ['microk8s-cluster', 'microk8s'],
    ['api-crc-testing:6443', 'crc'],
    ['krucible-abc', 'krucible'],
    ['k3d-shop', 'k3d'],
    ['kind', 'kind'],
    ['kind-shop', 'kind'],
    ['rancher-desktop', 'rancher-desktop'],
    ['colima-arm', 'colima'],
    ['orbstack', 'orbstack'],
  ] as const)('CTX-03: takes the cluster entry %s as %s, which is local', (cluster, product) => {
    expect(clusterProduct({ cluster })).toBe(product)
    expect(isLocalProduct(product)).toBe(true)
  })

  it.each([
    ['gke_shop_europe', 'gke'],
    ['arn:aws:eks:eu:1:cluster/shop', 'eks'],
    ['shop.eu.eksctl.io', 'eks'],
    ['orbstack-shop', 'unknown'],
    ['kindly', 'unknown'],
    ['production', 'unknown'],
    ['constructor', 'unknown'],
  ] as const)('CTX-03: takes the cluster entry %s as %s, which is not local', (cluster, product) => {
    expect(clusterProduct({ cluster })).toBe(product)
    expect(isLocalProduct(product)).toBe(false)
  })

  it('CTX-03: knows clusters of tools by where those keep their files', () => {
    const cluster = 'shop'
    expect(clusterProduct({ cluster, kubeconfigPath: '/home/a/.config/k3d/kubeconfig-shop.yaml' })).toBe('k3d')
    expect(clusterProduct({ cluster, certificateAuthority: '/home/a/.minikube/ca.crt' })).toBe('minikube')
    expect(clusterProduct({ cluster, kubeconfigPath: '/home/a/.kube/kind-config-shop' })).toBe('kind')
    expect(clusterProduct({ cluster, kubeconfigPath: 'C:\\Users\\a\\.config\\k3d\\shop.yaml' })).toBe('k3d')
    expect(clusterProduct({ cluster, kubeconfigPath: '/home/a/.kube/kind-config-shop/config' })).toBe('unknown')
  })

  it('CTX-03: does not take a known remote cluster for a local one because of its files', () => {
    const kubeconfigPath = '/home/a/.kube/kind-config-shop'
    expect(clusterProduct({ cluster: 'gke_shop', kubeconfigPath })).toBe('gke')
  })
})
