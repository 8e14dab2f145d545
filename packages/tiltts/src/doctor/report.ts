/** What is known of one field, or why it cannot be. */
export type Finding =
  | { readonly value: string }
  /** Broken: it should be there and does not work. */
  | { readonly error: string }
  /** Not there, and nobody said that it should be. */
  | { readonly absent: string }

export interface Section {
  readonly title: string
  readonly fields: readonly (readonly [name: string, finding: Finding])[]
}

/** The report as text, and whether something in it is broken. */
export function doctorReport(sections: readonly Section[]): { readonly text: string; readonly healthy: boolean } {
  const lines = sections.flatMap(({ title, fields }) => [
    title,
    ...fields.map(([name, finding]) => `- ${name}: ${wordsOf(finding)}`),
    '---',
  ])
  const healthy = sections.every(({ fields }) => fields.every(([, finding]) => !('error' in finding)))
  return { text: `${lines.slice(0, -1).join('\n')}\n`, healthy }
}

function wordsOf(finding: Finding): string {
  if ('value' in finding) return finding.value
  if ('absent' in finding) return finding.absent
  return `Error: ${finding.error.split('\n')[0] ?? ''}`
}

/** The answer to a question that may fail or take too long. @param limitMs how long it may take */
export async function probe(ask: (signal: AbortSignal) => Promise<Finding>, limitMs = 5_000): Promise<Finding> {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => {
      resolve({ error: `no answer within ${limitMs / 1000} s` })
      controller.abort()
    }, limitMs)
  })
  try {
    return await Promise.race([ask(controller.signal), tooLong])
  } catch (error) {
    return { error: (error as Error).message }
  } finally {
    clearTimeout(timer)
  }
}
