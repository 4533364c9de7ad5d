/** A call as whoever is signed in. When the server no longer knows the session, it ends here too. */
import { ApiError } from './errors'
import { request } from './request'
import { endSession, session } from './session'

/** `req` fills the braces of `path`; what is left is the query of a GET or DELETE, else the body. */
export async function call<T>(method: string, path: string, req?: object): Promise<T> {
  const left = new Map(Object.entries(req ?? {}))
  let address = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = left.get(name)
    left.delete(name)
    return encodeURIComponent(String(value))
  })
  let body: object | undefined
  if (method === 'GET' || method === 'DELETE') {
    const query = new URLSearchParams()
    for (const [name, value] of left) if (value !== undefined && value !== null) query.set(name, String(value))
    if (query.size > 0) address += `?${query.toString()}`
  } else if (req !== undefined) {
    body = Object.fromEntries(left)
  }
  return asSignedIn((token) => request<T>(method, address, { token, body }))
}

/** Runs `act` with the token; a 401 for it ends the session. */
export async function asSignedIn<T>(act: (token: string | undefined) => Promise<T>): Promise<T> {
  const token = session.value?.token
  try {
    return await act(token)
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) endSession(token)
    throw error
  }
}
