/**
 * The only door through which text becomes markup or a script's address. The frame's policy allows no
 * other, and none can be made once this module has run, so no program can bring a document of its own.
 */

/** Threads, taken before programs run; afterwards there are none for them to find. */
export const Thread = globalThis.Worker

interface Policy {
  createHTML: (text: string) => string
  createScriptURL: (url: string) => string
}

interface Factory {
  createPolicy: (name: string, rules: Policy) => Policy
}

const identity: Policy = { createHTML: (text) => text, createScriptURL: (url) => url }
const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes
const policy = factory ? factory.createPolicy('hutong', identity) : identity

export const trustedHtml = (text: string): string => policy.createHTML(text)
export const trustedScript = (url: string): string => policy.createScriptURL(url)
