/** Names that Windows keeps for devices, whatever follows the first dot. */
const devices = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i
const longest = 100

/**
 * Gives each name of a resource a name that every file system takes, in the order asked: no two of them are the same,
 * also where case does not count.
 *
 * @example
 * const fileName = fileNames('.log')
 * fileName('shop/api')  // 'shop_api.log'
 * fileName('shop:api')  // 'shop_api-2.log'
 */
export function fileNames(extension: string): (name: string) => string {
  const given = new Map<string, string>()
  const taken = new Set<string>()
  return (name) => {
    const before = given.get(name)
    if (before !== undefined) return before
    const base = safe(name)
    let file = `${base}${extension}`
    for (let n = 2; taken.has(file.toLowerCase()); n++) file = `${base}-${n}${extension}`
    taken.add(file.toLowerCase())
    given.set(name, file)
    return file
  }
}

function safe(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]+/g, '_').slice(0, longest)
  // A dot in front hides a file, and one at the end is lost on Windows; a dash in front looks like a flag.
  const trimmed = plain.replace(/^[._-]+|[._]+$/g, '')
  if (trimmed === '') return 'unnamed'
  return devices.test(trimmed) ? `_${trimmed}` : trimmed
}
