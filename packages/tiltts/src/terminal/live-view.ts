import type { Key } from 'node:readline'
import type { ReadStream, WriteStream } from 'node:tty'
import { renderDiagnostics } from '@tiltts/core/errors'
import type { Session } from '@tiltts/runtime'
import { isTiltError, wellKnown } from '@tiltts/spec'
import { hasColour } from './colour.js'
import { listPage, roomFor } from './list-page.js'
import { followLog } from './log-page.js'
import { createLogPrinter } from './log-printer.js'
import { type Row, rowOf } from './row.js'
import { rowFacts } from './row-facts.js'
import { openScreen } from './screen.js'

export interface LiveViewOptions {
  readonly session: Session
  readonly title: string
  readonly input: ReadStream
  readonly output: WriteStream
  /** Shows an address in the browser. @param url absent: the page of the session */
  readonly onOpen: (url?: string) => void
  readonly onQuit: () => void
  /** Ctrl-C, which a terminal in raw mode hands over as a key. */
  readonly onInterrupt: () => void
}

export interface LiveView {
  close(): void
}

/** How often the page is drawn at most, in milliseconds. */
const frame = 80

/** Shows a row a resource, and takes keys, until it is closed. */
export function openLiveView({
  session,
  title,
  input,
  output,
  onOpen,
  onQuit,
  onInterrupt,
}: LiveViewOptions): LiveView {
  let selected: string | undefined
  let scroll = 0
  let notice = ''
  let reading: (() => void) | undefined
  let due: NodeJS.Timeout | undefined
  let closed = false
  const screen = openScreen(input, output, onKey, schedule)
  const unsubscribe = session.store.subscribe(schedule)
  // Durations grow while updates run, with no change in the store.
  const tick = setInterval(schedule, 1000)

  function rows(): readonly Row[] {
    const now = Date.now()
    return [...session.store.list('UIResource')]
      .sort((a, b) => a.status.order - b.status.order)
      .map((resource) => rowOf(resource, now, rowFacts(session.store, resource.metadata.name)))
  }

  function schedule(): void {
    if (reading === undefined && !closed) due ??= setTimeout(draw, frame)
  }

  function draw(): void {
    due = undefined
    if (closed || reading !== undefined) return
    const list = rows()
    const index = Math.max(
      0,
      list.findIndex((row) => row.name === selected),
    )
    selected = list[index]?.name
    const problems = configProblems()
    const room = roomFor({ problems, title }, screen.size())
    scroll = Math.max(0, Math.min(scroll, index, list.length - room))
    if (index >= scroll + room) scroll = index - room + 1
    screen.draw(listPage({ rows: list, selected: index, scroll, problems, title, notice }, screen.size()))
  }

  function configProblems(): string {
    const diagnostics = session.store.get('Tiltfile', wellKnown.tiltfile)?.status.diagnostics ?? []
    return diagnostics.length === 0
      ? ''
      : renderDiagnostics(diagnostics, { colour: hasColour(output), cwd: process.cwd() })
  }

  function onKey(key: Key): void {
    const act = actionOf(key)
    if (act === undefined) return
    notice = ''
    try {
      act()
    } catch (error) {
      if (!isTiltError(error)) throw error
      notice = error.message
    }
    schedule()
  }

  function actionOf(key: Key): (() => void) | undefined {
    if (key.ctrl && key.name === 'c') return onInterrupt
    if (key.name === 'q') return onQuit
    return reading ?? keys[key.name ?? '']
  }

  function move(by: number): void {
    const list = rows()
    const index = list.findIndex((row) => row.name === selected)
    selected = list[Math.max(0, Math.min(list.length - 1, index + by))]?.name
  }

  function trigger(): void {
    if (selected === undefined) return
    const result = session.trigger(selected, 'terminal')
    notice = result.ok ? `${selected} will be updated` : result.message
  }

  function stop(): void {
    if (selected === undefined) return
    session.stopResource(selected)
    notice = `${selected} is being stopped; t starts it again`
  }

  function openPage(): void {
    onOpen()
    notice = 'the page of the session is opened in your browser'
  }

  function openEndpoint(): void {
    const row = selected === undefined ? undefined : session.store.get('UIResource', selected)
    const [link] = row?.status.endpointLinks ?? []
    if (link !== undefined) onOpen(link.url)
    notice = link === undefined ? `${selected} has no endpoint` : `${link.url} is opened in your browser`
  }

  const keys: Readonly<Record<string, () => void>> = {
    space: openPage,
    b: openEndpoint,
    up: () => move(-1),
    k: () => move(-1),
    down: () => move(1),
    j: () => move(1),
    pageup: () => move(-10),
    pagedown: () => move(10),
    home: () => move(Number.NEGATIVE_INFINITY),
    end: () => move(Number.POSITIVE_INFINITY),
    return: () => read(selected),
    a: () => read(undefined),
    t: trigger,
    s: stop,
  }

  /** Leaves the page and prints a log into the terminal, where it can be scrolled, until the next key. */
  function read(name: string | undefined): void {
    screen.hide()
    output.write(`── ${name ?? 'all logs'} ── any key goes back ──\n`)
    const printer = createLogPrinter({
      write: (text) => output.write(text),
      colour: hasColour(output),
      ...(name === undefined ? {} : { resources: [name] }),
    })
    const leave = followLog(session, name, printer)
    reading = () => {
      leave()
      reading = undefined
      schedule()
    }
  }

  draw()
  return {
    close() {
      closed = true
      reading?.()
      unsubscribe()
      clearInterval(tick)
      clearTimeout(due)
      screen.close()
    },
  }
}
