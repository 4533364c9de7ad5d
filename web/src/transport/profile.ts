/** One browser, any number of people: whose app this is stands in the address, `/p/<profile>/…`. */
const NAME = /^[\w-]{1,32}$/
const asked = new URLSearchParams(globalThis.location?.search ?? '').get('profile') ?? ''
const match = /^\/p\/([\w-]{1,32})(?=\/|$)/.exec(globalThis.location?.pathname ?? '/')

if (match === null && NAME.test(asked)) {
  // `/?profile=ann` is the same as `/p/ann/`.
  const rest = new URL(location.href)
  rest.searchParams.delete('profile')
  location.replace(`/p/${asked}${rest.pathname}${rest.search}${rest.hash}`)
}

export const profile = match?.[1] ?? (NAME.test(asked) ? asked : 'main')

/** What every address of this document begins with. */
export const profileBase = match === null ? '' : `/p/${profile}`

/** Every store, channel and database name of this document carries the profile. */
export function profiled(name: string): string {
  return `hutong.${profile}.${name}`
}
