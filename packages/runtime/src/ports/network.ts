/** What probes ask of the network. */
export interface Network {
  /** Never rejects: a refused connection is an answer too. Redirects to the same host are followed. */
  get(request: HttpRequest, signal?: AbortSignal): Promise<ProbeAnswer>
  connect(
    request: { readonly host: string; readonly port: number; readonly timeoutMs: number },
    signal?: AbortSignal,
  ): Promise<ProbeAnswer>
}

export interface HttpRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
}

export interface ProbeAnswer {
  readonly ok: boolean
  /** What came back, for people: `HTTP 503 Service Unavailable`, `connection refused`. */
  readonly output: string
  /** Succeeded, but the user should know: `redirected to another host`. */
  readonly warning?: string | undefined
}
