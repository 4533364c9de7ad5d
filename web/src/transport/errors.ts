/** A refusal, as the server says it, or as we say it when the server could not be reached. */
export class ApiError extends Error {
  override readonly name = 'ApiError'

  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message)
  }
}

export const UNREACHABLE = 'network.unreachable'
export const BROKEN = 'client.broken'

export function toApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(BROKEN, 0, String(error))
}
