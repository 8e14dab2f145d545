import type { ConfigMap } from '@tiltts/spec'
import { disableStatus, switchMaps } from './disable-status.js'
import { type Shape, shape } from './shape.js'

export const fileWatch: Shape = shape<'FileWatch', readonly (ConfigMap | undefined)[]>({
  beside: ({ spec }, store) => switchMaps(store, spec.disableSource),
  spec: ({ spec }) => spec,
  status: ({ spec, status }, maps) => ({ ...status, ...disableStatus(spec.disableSource, maps) }),
})
