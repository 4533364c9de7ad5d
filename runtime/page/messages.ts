/** The words between the shell, the document around a web page, and the script that a web page brings. */

/** From the shell to the document around the page, with the port they go on with. */
export const SHOW = 'hutong:page'

export interface Show {
  src: string
  language: string
  theme: 'light' | 'dark'
}

/** From a page to what is around it, and back. */
export const FROM_PAGE = 'hutong:from-page'
export const TO_PAGE = 'hutong:to-page'

export type FromPage = { type: typeof FROM_PAGE; what: 'here'; href: string; title: string } | { type: typeof FROM_PAGE; what: 'call'; call: number; name: string; arg: unknown }
/** An answer, or the question where the page is now, which is `here`. */
export type ToPage = { type: typeof TO_PAGE; call: number; result: { errMsg: string } } | { type: typeof TO_PAGE; where: true }
