/** What is being removed, and where to say so. */
export interface RemovalLog {
  readonly containers: readonly string[]
  readonly append: (text: string) => void
}

/** Gives each line of compose's output to the service whose container it names; what names none concerns all. */
export function removalOutput(logs: readonly RemovalLog[]): {
  push(text: string): void
  end(): void
} {
  let open = ''
  const give = (line: string): void => {
    const words = line.split(/\s+/)
    const named = logs.filter(({ containers }) => containers.some((name) => words.includes(name)))
    for (const { append } of named.length > 0 ? named : logs) append(`${line}\n`)
  }
  return {
    push(text) {
      const lines = (open + text).split('\n')
      open = lines.pop() ?? ''
      for (const line of lines) if (line.trim() !== '') give(line)
    },
    end() {
      if (open.trim() !== '') give(open)
      open = ''
    },
  }
}
