/** Questions and notices: asked from anywhere, shown by AskHost. */
import { shallowRef } from 'vue'

export interface Question {
  title: string
  text?: string
  yes?: string
  danger?: boolean
  typed?: string
  longest?: number
}

interface Notice {
  id: number
  text: string
  undo?: () => void
}

const NOTICE_MS = 2400
const UNDO_MS = 10_000

export const question = shallowRef<Question | null>(null)
export const notice = shallowRef<Notice | null>(null)

let settle: ((typed: string | null) => void) | null = null
let timer: ReturnType<typeof setTimeout> | undefined
let count = 0

function ask(asked: Question): Promise<string | null> {
  settle?.(null)
  question.value = asked
  return new Promise((resolve) => (settle = resolve))
}

/** True if the person said yes. */
export const confirm = async (asked: Question): Promise<boolean> => (await ask(asked)) !== null

/** What was typed, or null. */
export const prompt = (asked: Question & { typed: string }): Promise<string | null> => ask(asked)

export function answer(typed: string | null): void {
  question.value = null
  settle?.(typed)
  settle = null
}

export function tell(text: string): void {
  show({ id: (count += 1), text }, NOTICE_MS)
}

/** Does it after ten seconds unless the person takes it back. */
export function tellUndoable(text: string, undone: () => void): void {
  const id = (count += 1)
  show(
    {
      id,
      text,
      undo: () => {
        if (notice.value?.id === id) notice.value = null
        undone()
      },
    },
    UNDO_MS,
  )
}

function show(shown: Notice, forMs: number): void {
  clearTimeout(timer)
  notice.value = shown
  timer = setTimeout(() => (notice.value = null), forMs)
}
