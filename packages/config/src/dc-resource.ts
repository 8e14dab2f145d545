import { declaring } from './call/call.js'
import { checkedOptions, describe, type Expectations } from './call/expect.js'
import { flag, image, text } from './call/expectations.js'
import { namedRef } from './collector/recorder.js'
import { handle, type ImageHandle, type ResourceHandle } from './handle.js'
import { keepOnDown } from './on-down.js'
import { isResourceName } from './resource-name.js'
import { keepResourceOptions, type ResourceOptions, resourceExpectations } from './resource-options.js'

/** What {@link dcResource} takes. */
export interface DcResourceOptions extends ResourceOptions {
  /** Renames the resource. Who depends on the service, by either name, depends on the resource. */
  readonly newName?: string | undefined
  /** The image that the service runs, when it is declared under another name than the one the service has. */
  readonly image?: ImageHandle | undefined
  /** Links to the TCP ports that the service publishes under a fixed number, before those of `links`. @default true */
  readonly inferLinks?: boolean | undefined
  /** The project of the service, where several have one of this name. */
  readonly projectName?: string | undefined
}

const expectations: Expectations<DcResourceOptions> = {
  ...resourceExpectations,
  newName: text,
  image,
  inferLinks: flag,
  projectName: text,
}

/**
 * Says more about a service of `dockerCompose`, before or after that is called. Calls for one service add up: lists join,
 * of anything else the last call wins. A service that no project has is an error.
 *
 * @param name Of the service, as the compose file has it.
 * @returns A handle for `resourceDeps` and the like.
 * @example
 * ```ts
 * dockerCompose('./docker-compose.yml')
 * dcResource('api', { labels: 'backend', resourceDeps: ['migrations'], links: link('localhost:8080/docs', 'Docs') })
 * ```
 */
export function dcResource(name: string, options?: DcResourceOptions): ResourceHandle {
  const call = declaring('dcResource')
  const subject = `dcResource(${describe(name)})`
  const good = checkedOptions(call, subject, options, expectations)
  const { base, dependencies } = keepResourceOptions(call, subject, good)
  const { newName, image, inferLinks, projectName, autoInit } = good
  const isRenamed = newName !== undefined && isResourceName(call, newName)
  if (typeof name !== 'string' || name === '') {
    call.error('config/invalid-option', `dcResource(): expected the name of a service, got ${describe(name)}`)
    return handle('resource', String(name))
  }
  const onDown = keepOnDown(call, `compose:${name}`, good.onDown)
  call.recorder.draft.composeResources.push((finish) => ({
    ...base,
    service: namedRef(finish, { name, at: call.at }),
    projectName,
    newName: isRenamed ? newName : undefined,
    image: image && namedRef(finish, { name: image.name, at: call.at }),
    dependencies: dependencies(finish),
    // calls add up: what this one leaves out may stand in another
    autoInit,
    inferLinks,
    onDown: onDown?.(finish),
    place: finish.place(call.at),
  }))
  return handle('resource', isRenamed ? newName : name)
}
