/** Coupons offered on the device: their code is on the screen until a phone has taken them, or they are given up or over. */
import { shallowRef } from 'vue'
import type { CardAsked, CardTaken } from 'runtime/host'

import { type DeviceOffer, offerToPhone, settleOffer } from '@/api'
import { toApiError } from '@/transport/errors'
import { onUpdate } from '@/transport/stream'

import { RETRY_MS } from './device'

interface Offering {
  shown: DeviceOffer
  endsAt: number
  /** Nobody can take them any more; the page is told once the customer has seen that. */
  over: boolean
  close: () => void
  /** Ask the server what became of it, which ends it. */
  finish: (otherwise: 'close' | 'show') => Promise<void>
}

export const offering = shallowRef<Offering | null>(null)

/** Resolves once a phone has taken them; rejects in the published words. */
export async function offerOnPhone(cards: CardAsked[]): Promise<CardTaken[]> {
  const asked = cards.map(({ cardId, cardExt }) => ({ card_id: cardId, card_ext: cardExt }))
  const shown = await offerToPhone({ cards: asked }).catch((thrown: unknown) => Promise.reject({ errMsg: toApiError(thrown).message }))
  offering.value?.close()
  return new Promise<CardTaken[]>((resolve, reject) => {
    const timer = setTimeout(() => void end(), shown.lasts_ms)
    const done = (): void => {
      clearTimeout(timer)
      if (offering.value?.shown === shown) offering.value = null
    }
    const close = (): void => {
      done()
      reject({ errMsg: 'cancel' })
    }
    const finish: Offering['finish'] = async (otherwise) => {
      const { state, coupons } = await settleOffer({ code: shown.code })
      if (state === 'TAKEN') {
        done()
        resolve(cards.map((card, at) => ({ ...card, code: coupons[at]?.code ?? '', isSuccess: true })))
      } else if (otherwise === 'close') close()
      else if (offering.value?.shown === shown) offering.value = { ...offering.value, over: true }
    }
    /** The server has the last word: it may have been taken at this very moment. */
    const end = (): Promise<void> => finish('show').catch(() => void setTimeout(() => void end(), RETRY_MS))
    offering.value = { shown, endsAt: Date.now() + shown.lasts_ms, over: false, close, finish }
  })
}

onUpdate<{ code: string }>('device.offer', ({ body }) => {
  if (offering.value?.shown.code === body.code) void offering.value.finish('show').catch(() => undefined)
})
