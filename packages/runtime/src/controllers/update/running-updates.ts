/** The updates under way, so that they can be called off. */
export interface RunningUpdates {
  begin(resource: string): AbortSignal
  end(resource: string, signal: AbortSignal): void
  /** Calls off the update of a resource. Returns whether one was under way. */
  cancel(resource: string): boolean
  cancelAll(): void
}

export function runningUpdates(): RunningUpdates {
  const running = new Map<string, AbortController>()
  const cancel = (resource: string): boolean => {
    const present = running.get(resource)
    present?.abort(new Error('build canceled'))
    return present !== undefined
  }
  return {
    begin(resource) {
      const controller = new AbortController()
      running.set(resource, controller)
      return controller.signal
    },
    end(resource, signal) {
      if (running.get(resource)?.signal === signal) running.delete(resource)
    },
    cancel,
    cancelAll() {
      for (const resource of running.keys()) cancel(resource)
    },
  }
}
