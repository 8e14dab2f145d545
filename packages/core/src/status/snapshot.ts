import { type Kind, kinds, type LogLevel, type Millis, type ObjectOf, toApiTime, wellKnown } from '@tiltts/spec'
import type { LogSegment } from '../logs/types.js'
import type { ObjectStore } from '../store/types.js'

/** An object as it stands on the wire. */
type WireObject = Readonly<Record<string, unknown>>

interface SnapshotSegment {
  readonly spanId: string
  readonly time: string
  readonly text: string
  readonly level: 'DEBUG' | 'VERBOSE' | 'INFO' | 'WARN' | 'ERROR'
  readonly fields?: Readonly<Record<string, string>>
}

/** All that a web page shows, at one moment. */
export interface SnapshotView {
  readonly isComplete: true
  readonly uiSession?: WireObject | undefined
  readonly uiResources: readonly WireObject[]
  readonly uiButtons: readonly WireObject[]
  readonly clusters: readonly WireObject[]
  readonly logList: {
    readonly spans: Readonly<Record<string, { readonly manifestName: string }>>
    readonly segments: readonly SnapshotSegment[]
    /** Half-open: `[0, number of segments)`. */
    readonly fromCheckpoint: number
    readonly toCheckpoint: number
  }
  readonly tiltStartTime?: string | undefined
}

/** What a snapshot file holds. */
export interface Snapshot {
  readonly view: SnapshotView
  readonly createdAt: string
}

/**
 * A session as it stands, in the form of Tilt's snapshot files.
 *
 * @param segments - of its log, oldest first
 * @param now - milliseconds since the epoch
 */
export function snapshotOf(store: ObjectStore, segments: readonly LogSegment[], now: Millis): Snapshot {
  const uiSession = store.get('UISession', wellKnown.session)
  const uiResources = [...store.list('UIResource')].sort((a, b) => a.status.order - b.status.order)
  return {
    view: {
      isComplete: true,
      ...(uiSession !== undefined && { uiSession: wire(uiSession), tiltStartTime: uiSession.status.tiltStartTime }),
      uiResources: uiResources.map(wire),
      uiButtons: buttons(store),
      clusters: store.list('Cluster').map(wire),
      logList: {
        spans: Object.fromEntries(segments.map(({ span }) => [span.id, { manifestName: span.resource }])),
        segments: segments.map(segmentOf),
        fromCheckpoint: 0,
        toCheckpoint: segments.length,
      },
    },
    createdAt: toApiTime(now),
  }
}

/** The page shows buttons wherever the kind is known. */
function buttons(store: ObjectStore): readonly WireObject[] {
  const kind = 'UIButton'
  return kind in kinds ? store.list(kind as Kind).map(wire) : []
}

function wire({ apiVersion, kind, metadata, spec, status }: ObjectOf<Kind>): WireObject {
  return { apiVersion, kind, metadata, spec, status }
}

const levels: Readonly<Record<LogLevel, SnapshotSegment['level']>> = {
  debug: 'DEBUG',
  verbose: 'VERBOSE',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
}

function segmentOf({ span, time, text, level, fields }: LogSegment): SnapshotSegment {
  const { buildEvent, progressId, mustPrint } = fields ?? {}
  const wireFields = {
    ...(buildEvent !== undefined && { buildEvent }),
    ...(progressId !== undefined && { progressID: progressId }),
    ...(mustPrint !== undefined && { progressMustPrint: '1' }),
  }
  return {
    spanId: span.id,
    time: toApiTime(time),
    text,
    level: levels[level],
    ...(Object.keys(wireFields).length > 0 && { fields: wireFields }),
  }
}
