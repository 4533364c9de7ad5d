/** The signed-in person's own store and stream in this document: opened once, closed when they sign out. */
import { Database, forget } from './database'
import { session } from './session'
import { Stream } from './stream'

let database: Database | null = null
let stream: Stream | null = null
const starts: ((kept: Database) => Promise<void>)[] = []

export function home(): Database {
  if (database === null) throw new Error('Nobody is signed in here')
  return database
}

/** Runs when a person's home opens, before the first update. What is kept on the device is read here. */
export function onStart(start: (kept: Database) => Promise<void>): void {
  starts.push(start)
  if (database !== null) void start(database) // a feature that was loaded later
}

export async function openHome(): Promise<void> {
  const open = session.value
  if (open === null || database !== null) return
  database = new Database(open.user_id)
  stream = new Stream(open.token, database)
  await Promise.all(starts.map((start) => start(home())))
  await stream.start()
}

/** Forgets what this device kept of the person. The document is loaded afresh afterwards. */
export async function leaveHome(userId: string): Promise<void> {
  stream?.stop()
  await database?.close()
  await forget(userId)
}

export const me = (): string => session.value?.user_id ?? ''
