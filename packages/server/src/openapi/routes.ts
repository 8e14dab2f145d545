import { createHash } from 'node:crypto'
import type { Hono } from 'hono'
import { ApiError } from '../rest/api-error.js'
import { pathsOf, schemasOf } from './document.js'
import { apiSchemas } from './schema.js'

const v3Path = '/openapi/v3/apis/tilt.dev/v1alpha1'

/** All kinds and what may be done with them, as OpenAPI 2. @param version of tiltts */
export async function openApiV2(version: string): Promise<object> {
  const definitions = schemasOf(await apiSchemas(), '#/definitions/')
  return { swagger: '2.0', info: infoOf(version), paths: pathsOf('v2'), definitions }
}

const infoOf = (version: string): object => ({ title: 'tiltts', version: `v${version}` })

/** Adds `/openapi/v2` and `/openapi/v3`, from which clients explain, check and complete. Made when first asked for. */
export function serveOpenApi(app: Hono, version: string): void {
  const info = infoOf(version)
  const once = (make: () => Promise<object>): (() => Promise<string>) => {
    let text: Promise<string> | undefined
    return () => {
      text ??= make().then((document) => JSON.stringify(document))
      return text
    }
  }
  const v2 = once(() => openApiV2(version))
  const v3 = once(async () => ({
    openapi: '3.0.0',
    info,
    paths: pathsOf('v3'),
    components: { schemas: schemasOf(await apiSchemas(), '#/components/schemas/') },
  }))

  app.get('/openapi/v2', async (c) => {
    const accept = c.req.header('accept') ?? '*/*'
    if (!/application\/json|application\/\*|\*\/\*/.test(accept))
      throw new ApiError(406, 'NotAcceptable', 'only the following media types are accepted: application/json')
    return c.body(await v2(), 200, { 'content-type': 'application/json' })
  })
  app.get('/openapi/v3', async (c) => {
    const hash = createHash('sha256')
      .update(await v3())
      .digest('hex')
      .slice(0, 32)
      .toUpperCase()
    return c.json({ paths: { 'apis/tilt.dev/v1alpha1': { serverRelativeURL: `${v3Path}?hash=${hash}` } } })
  })
  app.get(v3Path, async (c) => c.body(await v3(), 200, { 'content-type': 'application/json' }))
}
