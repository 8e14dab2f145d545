/** Longer names are cut: a `RUN` may be a page long, and stands in the Dockerfile. */
const longestName = 160

/** A step's name to be read: without digests, and on one line. */
export function stepTitle(name: string): string {
  const title = name
    .replace(/@sha256:[0-9a-f]{64}/g, '')
    .replace(/\bdocker\.io\/(library\/)?/g, '')
    .replace(/\s+/g, ' ')
    .trim()
  return title.length <= longestName ? title : `${title.slice(0, longestName - 1)}…`
}

/** Whether a step stands in the Dockerfile: `[2/5] COPY . .`, `[build 1/3] FROM node:20`. Others are the builder's own. */
export function isDockerfileStep(name: string): boolean {
  return /^\[[^\]]*\d+\/\d+\] /.test(name)
}

/** `512B`, `1.5kB`, `20MB`, as Docker writes sizes. */
export function shortSize(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${value < 9.95 && unit > 0 ? value.toFixed(1) : Math.round(value)}${units[unit]}`
}

const units = ['B', 'kB', 'MB', 'GB', 'TB']
