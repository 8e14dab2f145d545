import type { Context } from 'hono'

/** What a page of ours may do: a script of another page must not frame it, nor what stands in it reach others. */
export function pagePolicy(c: Context): void {
  c.header(
    'content-security-policy',
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  )
  c.header('x-content-type-options', 'nosniff')
  c.header('referrer-policy', 'same-origin')
  c.header('cache-control', 'no-store')
}
