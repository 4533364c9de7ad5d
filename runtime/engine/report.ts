/** Where a program's errors go: its own handlers hear of them, and the host. */

let report: (error: unknown) => void = (error) => console.error(error)

export function onProgramError(listener: (error: unknown) => void): void {
  report = listener
}

export function reportError(error: unknown): void {
  report(error)
}
