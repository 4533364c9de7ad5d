/** One question of a program to the person at a time: shown by ProgramStage, answered or put aside. */
import { shallowRef, type ShallowRef } from 'vue'
import type { CardAsked, CardTaken, Medium, NamedPlace } from 'runtime/host'

import type { OfferedCoupon } from '@/api'
import type { Reading } from '@/features/codes'

/** What each question brings along, and what answers it. */
export interface Questions {
  scope: { about: { scope: string; reason: string }; answer: boolean }
  privacy: { about: { asks: boolean }; answer: boolean }
  avatar: { about: object; answer: { body: ArrayBuffer; type: string } }
  nickname: { about: object; answer: string }
  subscribe: { about: { templateIds: string[] }; answer: Record<string, string> }
  address: { about: object; answer: Record<string, string> }
  invoiceTitle: { about: object; answer: Record<string, string> }
  coupons: { about: { cards: CardAsked[]; offered: OfferedCoupon[] }; answer: CardTaken[] }
  phoneContact: { about: object; answer: { displayName: string; phoneNumber: string; phoneNumberList: string[] } }
  plate: { about: object; answer: { plateNumber: string } }
  place: { about: { near: { latitude?: number; longitude?: number }; shown?: NamedPlace }; answer: NamedPlace }
  scan: { about: { onlyFromCamera: boolean }; answer: Reading }
  preview: { about: { media: Medium[]; current: number; menu: boolean }; answer: undefined }
  crop: { about: { picture: Medium; crop: string }; answer: { body: ArrayBuffer; type: string } }
  settings: { about: object; answer: undefined }
}
export type Kind = keyof Questions

export interface Asked {
  kind: Kind
  about: object
  answer: (value: unknown) => void
  cancel: () => void
}

export type Ask = <K extends Kind>(kind: K, about: Questions[K]['about']) => Promise<Questions[K]['answer']>

export function useAsking(): { asked: ShallowRef<Asked | null>; ask: Ask } {
  const asked = shallowRef<Asked | null>(null)
  let turn: Promise<unknown> = Promise.resolve()

  /** Put aside, it is a refusal as published. Another one waits until this one is settled. */
  const ask: Ask = (kind, about) => {
    const settled = turn.then(
      () =>
        new Promise<never>((resolve, reject) => {
          const done = (settle: () => void): void => {
            asked.value = null
            settle()
          }
          asked.value = { kind, about, answer: (value) => done(() => resolve(value as never)), cancel: () => done(() => reject({ errMsg: 'cancel' })) }
        }),
    )
    turn = settled.catch(() => undefined)
    return settled
  }
  return { asked, ask }
}
