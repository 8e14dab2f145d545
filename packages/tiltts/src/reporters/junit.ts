import { basename } from 'node:path'
import type { CiResource, CiRun } from './ci-run.js'
import { failureText, skippedText } from './failure-text.js'
import { pathFrom, plainText } from './shown-text.js'

interface TestCase {
  readonly name: string
  readonly className: string
  readonly ms: number
  readonly file?: string | undefined
  readonly line?: number | undefined
  readonly problem?: Problem | undefined
}

interface Problem {
  readonly as: 'failure' | 'error' | 'skipped'
  readonly type: string
  readonly message: string
  readonly text: string
}

/**
 * A run as JUnit XML: a test case for the config and one for each resource.
 *
 * @param folder - paths of files are shown from here
 */
export function junitXml(run: CiRun, folder: string): string {
  const cases = [configCase(run, folder), ...run.resources.map((resource) => resourceCase(resource, run, folder))]
  const isTold = cases.some(({ problem }) => problem !== undefined && problem.as !== 'skipped')
  if (run.result !== 'succeeded' && !isTold) cases.push(runCase(run))
  const counts = {
    tests: cases.length,
    failures: cases.filter(({ problem }) => problem?.as === 'failure').length,
    errors: cases.filter(({ problem }) => problem?.as === 'error').length,
    skipped: cases.filter(({ problem }) => problem?.as === 'skipped').length,
    time: seconds(run.durationMs),
  }
  const suite = { name: basename(run.config.path) || 'tiltts ci', timestamp: run.startTime, ...counts }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'tiltts ci', ...counts })}>`,
    `  <testsuite${attributes(suite)}>`,
    ...cases.map(caseXml),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function configCase({ config, result }: CiRun, folder: string): TestCase {
  const isWrong = result === 'invalid-config'
  const texts = config.diagnostics.map(({ message, hint, places: [place] }) =>
    [place && `${pathFrom(folder, place.file)}:${place.line}:${place.column}`, message, hint]
      .filter((part) => part !== undefined)
      .join('\n'),
  )
  return {
    name: '(Tiltfile)',
    className: 'config',
    ms: config.durationMs ?? 0,
    file: pathFrom(folder, config.path),
    line: config.diagnostics.find(({ severity }) => severity === 'error')?.places[0]?.line,
    problem: isWrong
      ? { as: 'error', type: 'invalid-config', message: firstLine(config.error), text: texts.join('\n\n') }
      : undefined,
  }
}

function resourceCase(resource: CiResource, run: CiRun, folder: string): TestCase {
  const { name, type, durationMs, place } = resource
  return {
    name,
    className: type,
    ms: durationMs ?? 0,
    file: place && pathFrom(folder, place.file),
    line: place?.line,
    problem: problemOf(resource, run),
  }
}

function problemOf(resource: CiResource, run: CiRun): Problem | undefined {
  const { result, state } = resource
  if (result === 'passed') return undefined
  if (result === 'skipped') return { as: 'skipped', type: state, message: skippedText(resource, run), text: '' }
  return { as: 'failure', type: state, message: resource.detail ?? state, text: failureText(resource) }
}

/** What went wrong without a resource that could be blamed for it. */
function runCase({ result, reason, durationMs }: CiRun): TestCase {
  const problem: Problem = { as: 'error', type: result, message: firstLine(reason), text: reason }
  return { name: '(session)', className: 'session', ms: durationMs, problem }
}

function caseXml({ name, className, ms, file, line, problem }: TestCase): string {
  const open = `    <testcase${attributes({ name, classname: className, time: seconds(ms), file, line })}`
  if (problem === undefined) return `${open}/>`
  const { as, type, message, text } = problem
  if (as === 'skipped') return `${open}>\n      <skipped${attributes({ message })}/>\n    </testcase>`
  return `${open}>\n      <${as}${attributes({ message, type })}>${escaped(text)}</${as}>\n    </testcase>`
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? ''
const seconds = (ms: number): string => (ms / 1000).toFixed(3)

function attributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${escapedAttribute(String(value))}"`))
    .join('')
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escaped(text: string): string {
  return plainText(text).replace(/[&<>"]/g, (found) => entities[found] ?? found)
}

/** Readers turn line ends within attributes into blanks, unless they are written as references. */
function escapedAttribute(text: string): string {
  return escaped(text).replace(/[\n\t]/g, (found) => `&#${found.charCodeAt(0)};`)
}
