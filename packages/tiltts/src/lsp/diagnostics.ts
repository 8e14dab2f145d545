import { pathToFileURL } from 'node:url'
import { type Diagnostic, errorCatalogue } from '@tiltts/spec'

/** What is wrong with a config, and the files that it was made of. */
export interface FileDiagnostics {
  readonly diagnostics: readonly Diagnostic[]
  /** Absolute paths. */
  readonly files: readonly string[]
}

/** A diagnostic as editors take it; lines and columns count from 0. */
export interface EditorDiagnostic {
  readonly range: { readonly start: Position; readonly end: Position }
  /** 1 error, 2 warning. */
  readonly severity: 1 | 2
  readonly code: string
  readonly source: 'tiltts'
  readonly message: string
  readonly relatedInformation?: readonly {
    readonly location: { readonly uri: string; readonly range: EditorDiagnostic['range'] }
    readonly message: string
  }[]
}

interface Position {
  readonly line: number
  readonly character: number
}

/** By the URI of the file; a file without any is there, too, so that what was wrong with it before goes away. */
export function byFile(
  { diagnostics, files }: FileDiagnostics,
  mainPath: string,
): ReadonlyMap<string, readonly EditorDiagnostic[]> {
  const found = new Map<string, EditorDiagnostic[]>([mainPath, ...files].map((path) => [uriOf(path), []]))
  for (const diagnostic of diagnostics) {
    const uri = uriOf(diagnostic.places[0]?.file ?? mainPath)
    const list = found.get(uri) ?? []
    list.push(editorDiagnostic(diagnostic))
    found.set(uri, list)
  }
  return found
}

const uriOf = (path: string): string => pathToFileURL(path).href

function editorDiagnostic({ code, severity, message, places, hint }: Diagnostic): EditorDiagnostic {
  const [first, ...more] = places
  const advice = hint ?? errorCatalogue[code].hint
  return {
    range: rangeOf(first),
    severity: severity === 'error' ? 1 : 2,
    code,
    source: 'tiltts',
    message: advice === '' ? message : `${message}\n${advice}`,
    ...(more.length > 0 && {
      relatedInformation: more.map((place) => ({
        location: { uri: uriOf(place.file), range: rangeOf(place) },
        message: 'by way of here',
      })),
    }),
  }
}

/** Up to the end of the line: editors cut it where that is. */
function rangeOf(place: Diagnostic['places'][number] | undefined): EditorDiagnostic['range'] {
  const line = (place?.line ?? 1) - 1
  return { start: { line, character: (place?.column ?? 1) - 1 }, end: { line, character: 10_000 } }
}
