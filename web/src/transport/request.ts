/** One call to the client API, by bearer token and never by cookie. */
import { ApiError, BROKEN, UNREACHABLE } from './errors'

export interface RequestOptions {
  token?: string | undefined
  body?: unknown
  signal?: AbortSignal
}

interface Refusal {
  error?: { code?: string; message?: string; details?: Record<string, unknown> }
}

export async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const headers = new Headers({ accept: 'application/json' })
  if (options.token !== undefined) headers.set('authorization', `Bearer ${options.token}`)
  const init: RequestInit = { method, headers, credentials: 'omit', cache: 'no-store' }
  if (options.body instanceof FormData) {
    init.body = options.body
  } else if (options.body !== undefined) {
    headers.set('content-type', 'application/json')
    init.body = JSON.stringify(options.body)
  }
  if (options.signal !== undefined) init.signal = options.signal

  let response: Response
  let text: string
  try {
    response = await fetch(`/api${path}`, init)
    text = await response.text()
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(UNREACHABLE, 0, 'The server cannot be reached.')
  }
  if (response.ok) return (text === '' ? undefined : parse(text, response.status)) as T

  const refusal = parse(text, response.status) as Refusal | null
  const { code = BROKEN, message = response.statusText, details = {} } = refusal?.error ?? {}
  throw new ApiError(code, response.status, message, details)
}

function parse(text: string, status: number): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ApiError(BROKEN, status, 'The answer is not JSON.')
  }
}
