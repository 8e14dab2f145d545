import type { Session, UISessionStatus } from '@tiltts/spec'

/** The session as clients read it. Its start time is its identity: another one means that tiltts was started anew. */
export function uiSession(
  session: Session,
  build: {
    readonly version: string
    readonly commit?: string | undefined
    readonly date?: string | undefined
    readonly dev?: boolean | undefined
  },
  fatalError?: string | undefined,
): UISessionStatus {
  return {
    tiltStartTime: session.status.startTime,
    tiltfileKey: session.spec.tiltfilePath,
    fatalError,
    featureFlags: [],
    runningTiltBuild: {
      version: build.version,
      commitSHA: build.commit ?? '',
      date: build.date ?? '',
      dev: build.dev ?? false,
    },
    versionSettings: { checkUpdates: false },
  }
}
