/** Longest name of an object. */
const maxLength = 253

/** A name as it can stand in a URL: without slashes, percent signs and dots alone; one that is too long ends in a hash. */
export function clientName(name: string): string {
  const plain = name === '.' || name === '..' ? name.replaceAll('.', '_') : name.replace(/[/%]/g, '_')
  return plain.length <= maxLength ? plain : `${plain.slice(0, maxLength - 9)}-${fnv1(name)}`
}

/** FNV-1, 32 bits, in hex: the hash by which Tilt shortens names. */
function fnv1(text: string): string {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) hash = (Math.imul(hash, 0x01000193) ^ byte) >>> 0
  return hash.toString(16).padStart(8, '0')
}
