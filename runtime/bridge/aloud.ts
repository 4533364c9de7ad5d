/** A page that is read aloud, as the shell and the frame speak of it. */

export interface Spoken {
  /** Names it for `press` and `write`; 0 for what is only read. */
  id: number
  kind: 'text' | 'choice' | 'field'
  text: string
}

/** What may be asked of the page: to be read, to press something, or to write something. */
export interface Ask {
  press?: number
  write?: { id: number; text: string }
}
