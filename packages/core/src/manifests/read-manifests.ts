import { type Diagnostic, kubectlYaml, type ManifestDocument, type Place } from '@tiltts/spec'
import { type Document, isNode, LineCounter, parseAllDocuments } from 'yaml'
import { excerptOf } from '../errors/excerpt.js'
import type { Path } from '../kubernetes/tree.js'
import { type DocumentPart, documentParts } from './document-parts.js'
import { type ObjectProblem, toObjects } from './to-objects.js'

/** What a text of manifests is. */
export interface ManifestText {
  readonly text: string
  /** As messages call it: a path, `what helm made of /shop/chart`. */
  readonly name: string
  /** The file that holds the text. Absent: none does, so lines of the text are no places; they stand in the messages. */
  readonly file?: string | undefined
  /** Where a part comes from that stands in no file. */
  readonly placeOf?: ((part: DocumentPart) => Place | undefined) | undefined
}

export interface ManifestReading {
  readonly documents: readonly ManifestDocument[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Reads YAML and JSON as kubectl does: documents in their order, lists flattened, empty documents and `status` left out.
 * Every problem is told, with its line.
 */
export function readManifests(source: ManifestText): ManifestReading {
  const readings = documentParts(source.text).map((part) => readManifestPart(part, source))
  return {
    documents: readings.flatMap(({ documents }) => documents),
    diagnostics: readings.flatMap(({ diagnostics }) => diagnostics),
  }
}

/** Reads one part of a text: for texts so long that something else should have its turn in between. */
export function readManifestPart(part: DocumentPart, source: ManifestText): ManifestReading {
  const lines = new LineCounter()
  const documents: ManifestDocument[] = []
  const diagnostics: Diagnostic[] = []
  const parsed = parseAllDocuments(part.text, { ...kubectlYaml, lineCounter: lines, logLevel: 'silent' })

  const linesOfPart = part.text.split('\n')
  /** Where an offset into the part is, with its source. */
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    const excerpt = excerptOf(linesOfPart, line)
    return {
      file: source.file ?? '',
      line: part.firstLine + line - 1,
      column: col,
      ...(excerpt && { excerpt: { ...excerpt, firstLine: part.firstLine + excerpt.firstLine - 1 } }),
    }
  }
  const invalid = (offset: number, { message, hint }: Pick<ObjectProblem, 'message' | 'hint'>): void => {
    const at = placeAt(offset)
    const from = source.placeOf?.(part)
    diagnostics.push({
      code: 'config/invalid-manifest',
      severity: 'error',
      message: source.file === undefined ? inText(message, source.name, at) : message,
      places: source.file === undefined ? (from ? [from] : []) : [at],
      hint,
    })
  }

  // A list of nothing is what the library returns for a text without a document.
  for (const document of parsed as readonly Document.Parsed[]) {
    const error = document.errors[0]
    if (error !== undefined) {
      invalid(error.pos[0], yamlProblem(error.code, error.message, part.text.slice(error.pos[0])))
      continue
    }
    const value = dataOf(document)
    if ('message' in value) {
      invalid(document.range[0], value)
      continue
    }
    const { objects, problems } = toObjects(value.data)
    for (const problem of problems) invalid(offsetOf(document, problem.path), problem)
    for (const { object, path } of objects) {
      const { excerpt: _, ...place } = placeAt(offsetOf(document, path))
      documents.push({ object, place: source.file === undefined ? source.placeOf?.(part) : place })
    }
  }
  return { documents, diagnostics }
}

function dataOf(document: Document.Parsed): { readonly data: unknown } | { readonly message: string } {
  try {
    return { data: document.toJS() as unknown }
  } catch (error) {
    // An alias of nothing, or more of them than anybody writes.
    return { message: error instanceof Error ? error.message : String(error) }
  }
}

function yamlProblem(code: string, message: string, at: string): Pick<ObjectProblem, 'message' | 'hint'> {
  if (code === 'DUPLICATE_KEY') {
    const key = /^(?:"[^"]*"|'[^']*'|[^\s:]+)/.exec(at)?.[0]
    return {
      message: key === undefined ? 'a key stands twice in one mapping' : `the key ${key} stands twice in one mapping`,
      hint: 'Remove one of the two: which of them counts would be chance',
    }
  }
  return { message: message.split(' at line ')[0] ?? message }
}

/** Of the deepest node on the way that is there: what comes in by `<<` stands elsewhere. */
function offsetOf(document: Document.Parsed, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return document.contents?.range?.[0] ?? document.range[0]
}

/** The problem with the lines around it, for a text that can be opened nowhere. */
function inText(message: string, name: string, { line, excerpt }: Place): string {
  const { lines: shown = [], firstLine = 0 } = excerpt ?? {}
  const digits = String(firstLine + shown.length).length
  const lines = shown.map((text, index) => {
    const number = firstLine + index
    return `${number === line ? '>' : ' '} ${String(number).padStart(digits)} | ${text}`.trimEnd()
  })
  return [`${message} (line ${line} of ${name})`, ...lines].join('\n')
}
