import { contentTag, parseImageRef } from '@tiltts/core/images'
import { InfraError } from '@tiltts/spec'
import type { Invocation } from '../cli/command.js'
import { UsageError } from '../cli/usage-error.js'
import { portsFor } from './invoked-ports.js'

/** Under which name and tag an image of the local engine is deployed: the tag is made of what is in it. */
export async function deployRef(invocation: Invocation, image: string): Promise<string> {
  const parsed = parseImageRef(image)
  if (parsed === undefined) throw new UsageError(`'${image}' is no name of an image`)
  const { ports, close } = portsFor(invocation)
  try {
    const found = await ports.docker.inspectImage(image)
    if (found === undefined)
      throw new InfraError('image/missing', 'docker', `${image} is not in the local Docker engine`)
    return `${parsed.name}:${contentTag(found.id)}`
  } finally {
    await close()
  }
}
