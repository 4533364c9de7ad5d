/** One browser, any number of people: whose app this is stands in the address, `/p/<profile>/…`. */
const NAME = /^[\w-]{1,32}$/
const asked = new URLSearchParams(globalThis.location?.search ?? '').get('profile') ?? ''
const path = globalThis.location?.pathname ?? '/'
const match = /^\/p\/([\w-]{1,32})(?=\/|$)/.exec(path)
/** A device's page keeps what is its own apart, like a person's. */
const device = /^\/kiosk\/(\d{1,20})(?=\/|$)/.exec(path)?.[1]
export const deviceProfile = (id: string): string => `kiosk-${id}`

if (match === null && NAME.test(asked)) {
  // `/?profile=ann` is the same as `/p/ann/`.
  const rest = new URL(location.href)
  rest.searchParams.delete('profile')
  location.replace(`/p/${asked}${rest.pathname}${rest.search}${rest.hash}`)
}

export const profile = match?.[1] ?? (device !== undefined ? deviceProfile(device) : NAME.test(asked) ? asked : 'main')

/** What every address of this document begins with. */
export const profileBase = match === null ? '' : `/p/${profile}`

/** Every store, channel and database name of this document carries the profile. */
export function profiled(name: string, whose = profile): string {
  return `hutong.${whose}.${name}`
}
