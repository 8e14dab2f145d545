import { ApiError } from './api-error.js'

/** The form in which a client wants objects. */
export interface Answer {
  readonly format: 'json' | 'yaml'
  /** `Table`: rows for people. The others leave spec and status out. */
  readonly as?: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList' | undefined
}

/** The first form of an `Accept` header that is served. Throws an ApiError 406 when none is. */
export function negotiate(accept: string | undefined): Answer {
  const wanted = (accept ?? '*/*').split(',').map(mediaType)
  for (const { type, parameters } of wanted) {
    const as = parameters.get('as')
    if (type === 'application/json' || type === 'application/*' || type === '*/*') {
      if (as === undefined) return { format: 'json' }
      const meta = parameters.get('g') === 'meta.k8s.io' && parameters.get('v') === 'v1'
      if (meta && (as === 'Table' || as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList'))
        return { format: 'json', as }
    } else if ((type === 'application/yaml' || type === 'application/x-yaml') && as === undefined) {
      return { format: 'yaml' }
    }
  }
  const served = 'application/json, application/yaml, application/json;as=Table;v=v1;g=meta.k8s.io'
  throw new ApiError(406, 'NotAcceptable', `only the following media types are accepted: ${served}`)
}

/** Whether a client asks for discovery in one answer, and in which version it takes it. */
export function aggregatedDiscovery(accept: string | undefined): 'v2' | 'v2beta1' | undefined {
  for (const { type, parameters } of (accept ?? '').split(',').map(mediaType)) {
    if (type !== 'application/json') continue
    if (parameters.get('as') === undefined) return undefined
    const version = parameters.get('v')
    const asked = parameters.get('g') === 'apidiscovery.k8s.io' && parameters.get('as') === 'APIGroupDiscoveryList'
    if (asked && (version === 'v2' || version === 'v2beta1')) return version
  }
  return undefined
}

function mediaType(text: string): { readonly type: string; readonly parameters: ReadonlyMap<string, string> } {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim())
  const parameters = rest.map((part) => {
    const [key = '', value = ''] = part.split('=')
    return [key, value] as const
  })
  return { type: type.toLowerCase(), parameters: new Map(parameters) }
}
