/** A reference to an image, taken apart. */
export interface ImageRef {
  /** As people know it, without tag and digest: `redis`, `shop/api`, `gcr.io/shop/api`. */
  readonly name: string
  /** The same in full: `docker.io/library/redis`. Two references name one repository when these are equal. */
  readonly canonical: string
  /** The registry: `docker.io`, `localhost:5000`. */
  readonly domain: string
  /** The repository there: `library/redis`. */
  readonly path: string
  readonly tag?: string | undefined
  /** `sha256:…` */
  readonly digest?: string | undefined
}

const hub = 'docker.io'
const hostPart = '(?:[a-zA-Z\\d]|[a-zA-Z\\d][a-zA-Z\\d-]*[a-zA-Z\\d])'
const domainPattern = new RegExp(`^(?:${hostPart}(?:\\.${hostPart})*|\\[[a-fA-F\\d:]+\\])(?::\\d+)?$`)
const pathPattern = /^[a-z\d]+(?:(?:\.|_|__|-+)[a-z\d]+)*(?:\/[a-z\d]+(?:(?:\.|_|__|-+)[a-z\d]+)*)*$/
const tagPattern = /^\w[\w.-]{0,127}$/
const digestPattern = /^[a-zA-Z][a-zA-Z\d]*(?:[-_+.][a-zA-Z][a-zA-Z\d]*)*:[\da-fA-F]{32,}$/

/**
 * Takes an image reference apart as Docker does: short names belong to Docker Hub, `foo` is `docker.io/library/foo`.
 * `undefined` when it is none.
 * @example parseImageRef('shop/api:dev')  // { name: 'shop/api', canonical: 'docker.io/shop/api', tag: 'dev', … }
 */
export function parseImageRef(text: string): ImageRef | undefined {
  const [named, digest] = cut(text, text.indexOf('@'))
  if (digest !== undefined && !digestPattern.test(digest)) return undefined
  const colon = named.lastIndexOf(':')
  const [written, tag] = cut(named, colon > named.lastIndexOf('/') ? colon : -1)
  if (tag !== undefined && !tagPattern.test(tag)) return undefined
  // Sixty-four hexadecimal digits are the id of an image, never a name.
  if (/^[\da-f]{64}$/.test(written)) return undefined
  const { domain, path } = split(written)
  if (!domainPattern.test(domain) || !pathPattern.test(path)) return undefined
  const canonical = `${domain}/${path}`
  if (canonical.length > 255) return undefined
  return { name: familiarName(domain, path), canonical, domain, path, tag, digest }
}

/** The text before and after a character; without it there is nothing after. */
function cut(text: string, at: number): readonly [string, string | undefined] {
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

/** A first part is a registry when it looks like a host: a dot, a port, capital letters, or `localhost`. */
function split(written: string): { readonly domain: string; readonly path: string } {
  const [first, rest] = cut(written, written.indexOf('/'))
  const isHost = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase()
  const domain = rest !== undefined && isHost ? first : hub
  const path = rest !== undefined && isHost ? rest : written
  if (domain !== hub && domain !== `index.${hub}`) return { domain, path }
  return { domain: hub, path: path.includes('/') ? path : `library/${path}` }
}

function familiarName(domain: string, path: string): string {
  if (domain !== hub) return `${domain}/${path}`
  const short = /^library\/([^/]+)$/.exec(path)?.[1] ?? path
  // A repository of the hub whose first part looks like a host would be taken for one of that host.
  return split(short).domain === hub ? short : `${domain}/${path}`
}

/** The reference as people write it: short, with its tag and digest. */
export function imageRefText({ name, tag, digest }: ImageRef): string {
  return `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
}

/**
 * Whether a reference that is used somewhere means an image that is declared. Without a tag the declaration stands for
 * every tag of its name; with one for that tag only. `exact`: several tags of the name are declared, so that one without
 * a tag means `latest`, as it does to Docker.
 */
export function imageMatches(declared: ImageRef, used: ImageRef, exact: boolean): boolean {
  if (declared.canonical !== used.canonical) return false
  if (declared.digest !== undefined && declared.digest !== used.digest) return false
  if (!exact && declared.tag === undefined) return true
  return tagOf(declared) === tagOf(used)
}

/** Two declarations with one key are the same image. */
export function imageKey(ref: ImageRef): string {
  return `${ref.canonical}:${tagOf(ref)}${ref.digest === undefined ? '' : `@${ref.digest}`}`
}

function tagOf(ref: ImageRef): string {
  return ref.tag ?? (ref.digest === undefined ? 'latest' : '')
}

/**
 * The name of an image's object: the reference as one part of a path, another for each image.
 * Between letters `/` becomes `_`, and a `_` of the name is doubled.
 * @example imageObjectName('shop/api')  // 'shop_api'
 */
export function imageObjectName(ref: string): string {
  const parsed = parseImageRef(ref)
  const text = parsed === undefined ? ref : imageRefText(parsed)
  return text.replaceAll('_', '__').replaceAll('/', '_').replaceAll('%', '__25')
}
