/** A name for one act with money: sent again under it, nothing moves twice. */
export function newActId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
