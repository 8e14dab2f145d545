/**
 * The patterns of a file in .dockerignore syntax, as written: blank lines and comments (`#` in the first column) are
 * left out, space around a pattern is cut off.
 */
export function parseIgnoreFile(text: string): string[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** A pattern that matches one name and nothing else, whatever characters are in it. */
export function escapePattern(name: string): string {
  return name.replace(/[\\*?[\]]|^[!#]/g, '\\$&').replace(/^\s|\s$/g, '[$&]')
}
