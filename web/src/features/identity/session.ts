/** Signing up, in and out. */
import { me as fetchMe, revokeSession, type Me } from '@/api'
import { call } from '@/transport/call'
import { ApiError } from '@/transport/errors'
import { request } from '@/transport/request'
import { keepSession, session, type Session } from '@/transport/session'

export { session, type Me, type Session }

/** A call as the signed-in person. When the server no longer knows the session, it ends here too. */
export const asMe = <T>(method: string, path: string, body?: unknown): Promise<T> => call<T>(method, path, body as object | undefined)

export async function signIn(username: string, password: string, device: string): Promise<void> {
  keepSession(await request<Session>('POST', '/sessions', { body: { username, password, device } }))
}

export async function signUp(username: string, password: string, nickname: string, device: string): Promise<void> {
  keepSession(await request<Session>('POST', '/users', { body: { username, password, nickname, device } }))
}

/** Ends the session on the server, then here. If the server is away, the session stays and the error is told. */
export async function signOut(): Promise<void> {
  const open = session.value
  if (open === null) return
  try {
    await revokeSession({ session_id: open.session_id })
  } catch (error) {
    if (!(error instanceof ApiError && (error.status === 401 || error.status === 404))) throw error
  }
  keepSession(null)
}

export const me = (): Promise<Me> => fetchMe()
