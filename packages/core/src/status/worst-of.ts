import type { RuntimeView } from './what-runs.js'

/** Of several that run for one resource, the one that is worst off speaks for all. */
export function worstOf(views: readonly RuntimeView[]): RuntimeView {
  const [worst] = views.toSorted((a, b) => wellness(a) - wellness(b))
  return worst ?? { is: 'starting' }
}

function wellness(view: RuntimeView): number {
  switch (view.is) {
    case 'ended':
      return view.restarts ? 1 : 0
    case 'stopped':
      return 2
    case 'starting':
      return 5
    case 'running':
      return view.ready ? 6 : view.failing === true ? 3 : 4
    default:
      return 7
  }
}
