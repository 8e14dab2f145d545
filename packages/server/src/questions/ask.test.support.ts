import type { Simulation } from '@tiltts/runtime/testing'
import type { FileExplanation, ResourceGraph, Timeline, Why } from '@tiltts/spec'
import { webApp } from '../apps.js'

const token = 'secret-token'

/** Asks a simulated session over the routes of the web port. */
export interface Asking {
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<{ status: number; body: never }>
  why(resource: string): Promise<Why>
  file(path: string): Promise<FileExplanation>
  graph(query?: string): Promise<ResourceGraph>
  timeline(query?: string): Promise<Timeline>
}

export function asking(sim: Simulation): Asking {
  const app = webApp({ now: sim.clock.now, version: '1.2.3', token, host: 'localhost' }, sim, 'csrf')
  const get: Asking['get'] = async (path, headers = { 'x-tilt-token': token }) => {
    const answer = await app.request(`http://localhost${path}`, { headers: { host: 'localhost', ...headers } })
    return { status: answer.status, body: (await answer.json()) as never }
  }
  const body = async (path: string): Promise<never> => (await get(path)).body
  return {
    get,
    why: (resource) => body(`/api/why?resource=${encodeURIComponent(resource)}`),
    file: (path) => body(`/api/explain-file?path=${encodeURIComponent(path)}`),
    graph: (query = '') => body(`/api/graph${query}`),
    timeline: (query = '') => body(`/api/timeline${query}`),
  }
}
