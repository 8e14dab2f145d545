import { configWatchName, type FileWatch } from '@tiltts/spec'
import { type Shape, shape } from './shape.js'

export const tiltfile: Shape = shape<'Tiltfile', readonly [FileWatch | undefined]>({
  beside: ({ metadata }, store) => [store.get('FileWatch', configWatchName(metadata.name))],
  spec: ({ spec }, [watch]) => ({
    ...spec,
    ...(watch !== undefined && { restartOn: { fileWatches: [watch.metadata.name] } }),
  }),
  status: ({ status }) => status,
  kept: ({ restartOn: _told, ...spec }) => spec,
})
