import type { ComposeSource } from './compose-source.js'
import { entriesOf, member } from './project-sources.js'

/** The profiles of a service; `undefined` when there is no such service, or it has none. */
export function profilesOf(service: string, sources: readonly ComposeSource[]): readonly string[] | undefined {
  for (const [name, definition] of servicesOf(sources)) {
    const profiles = member(definition, 'profiles')
    if (name === service && Array.isArray(profiles) && profiles.length > 0) return profiles.map(String)
  }
  return undefined
}

/** Whether a service is on, as far as its profiles say. */
export function isActive(
  service: string | undefined,
  sources: readonly ComposeSource[],
  profiles: readonly string[],
): boolean {
  const own = service === undefined ? undefined : profilesOf(service, sources)
  return own === undefined || own.some((one) => profiles.includes(one) || profiles.includes('*'))
}

/** Services that stand in the files, but are none of those that are on. */
export function inactiveServices(
  sources: readonly ComposeSource[],
  active: readonly string[],
): readonly { readonly name: string; readonly profiles: readonly string[] }[] {
  return [...new Set(servicesOf(sources).map(([name]) => name))]
    .filter((name) => !active.includes(name))
    .flatMap((name) => {
      const profiles = profilesOf(name, sources)
      return profiles ? [{ name, profiles }] : []
    })
}

function servicesOf(sources: readonly ComposeSource[]): readonly (readonly [string, unknown])[] {
  return sources.flatMap(({ data }) => data).flatMap((one) => entriesOf(member(one, 'services')))
}
