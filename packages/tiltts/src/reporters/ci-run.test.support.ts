import { SaxesParser, type SaxesTagPlain } from 'saxes'
import type { CiResource, CiRun } from './ci-run.js'

/** A run that began at 12:00:00 and took 65.4 s. */
export function ciRun(more: Partial<CiRun> = {}): CiRun {
  return {
    result: 'succeeded',
    exitCode: 0,
    reason: '',
    startTime: '2026-01-02T12:00:00.000Z',
    finishTime: '2026-01-02T12:01:05.400Z',
    durationMs: 65_400,
    config: { path: '/shop/tilt.config.ts', durationMs: 420, error: '', diagnostics: [] },
    resources: [],
    ...more,
  }
}

/** A resource that has passed. */
export function ciResource(name: string, more: Partial<CiResource> = {}): CiResource {
  return {
    name,
    type: 'local',
    labels: [],
    state: 'succeeded',
    result: 'passed',
    durationMs: 1_500,
    updates: [],
    lastLines: [],
    ...more,
  }
}

/** One that has failed, at line 3 of the config. */
export function failedResource(name: string, more: Partial<CiResource> = {}): CiResource {
  return ciResource(name, {
    state: 'failed',
    result: 'failed',
    detail: 'update failed: exited with code 7',
    place: { file: '/shop/tilt.config.ts', line: 3, column: 1 },
    lastLines: ['before the end', 'the reason'],
    ...more,
  })
}

/** What commands print when they mean harm, or nothing by it. */
export const hostileText: string =
  '</failure>]]>&amp;<b>"\'`|\u0000\u0007\u001b[31mred\u001b[0m\u001b]8;;http://x\u0007\ud800 \ufffe\r\n::error::injected\n::stop-commands::x'

export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: XmlElement[]
  text: string
}

/** Reads XML with a parser that takes nothing that is not well-formed. */
export function parseXml(text: string): XmlElement {
  const root: XmlElement = { name: '', attributes: {}, children: [], text: '' }
  const open: XmlElement[] = [root]
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }: SaxesTagPlain) => {
    const element: XmlElement = { name, attributes, children: [], text: '' }
    open.at(-1)?.children.push(element)
    open.push(element)
  })
  parser.on('text', (more) => {
    const element = open.at(-1)
    if (element !== undefined) element.text += more
  })
  parser.on('closetag', () => void open.pop())
  parser.write(text).close()
  const [first] = root.children
  if (first === undefined) throw new Error('no element')
  return first
}
