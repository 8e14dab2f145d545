import type { CiResource, CiRun } from './ci-run.js'

/**
 * The same run without secret values in what commands, probes and builders have said. Names and states, by which
 * programs read reports, stay as they are.
 */
export function scrubbedRun(run: CiRun, scrub: (text: string) => string): CiRun {
  const { config } = run
  const ifSaid = (text: string | undefined): string | undefined => (text === undefined ? undefined : scrub(text))
  const scrubbedResource = (resource: CiResource): CiResource => ({
    ...resource,
    detail: ifSaid(resource.detail),
    probeOutput: ifSaid(resource.probeOutput),
    lastLines: resource.lastLines.map(scrub),
    updates: resource.updates.map((update) => ({
      ...update,
      steps: update.steps.map((step) => ({ ...step, error: ifSaid(step.error) })),
    })),
  })
  return {
    ...run,
    reason: scrub(run.reason),
    config: {
      ...config,
      error: scrub(config.error),
      diagnostics: config.diagnostics.map(({ hint, ...diagnostic }) => ({
        ...diagnostic,
        message: scrub(diagnostic.message),
        ...(hint === undefined ? {} : { hint: scrub(hint) }),
      })),
    },
    resources: run.resources.map(scrubbedResource),
  }
}
