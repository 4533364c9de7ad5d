/** An order begun on the device: its code is on the screen until a phone has paid it, or it is given up or over. */
import { shallowRef } from 'vue'
import type { PaymentRequest } from 'runtime/host'

import { askPhoneToPay, type DevicePayment, takePaymentBack } from '@/api'
import { toApiError } from '@/transport/errors'
import { onUpdate } from '@/transport/stream'

import { RETRY_MS } from './device'

interface Waiting {
  shown: DevicePayment
  endsAt: number
  /** It cannot be paid any more; the page is told once the customer has seen that. */
  over: boolean
  settle: (outcome: 'paid' | 'cancel' | 'expired') => void
  giveUp: () => Promise<void>
}

export const waiting = shallowRef<Waiting | null>(null)

/** Resolves once a phone has paid; rejects in the published words. */
export async function payOnPhone(asked: PaymentRequest & { appId: string }): Promise<void> {
  const request = { ...asked, signType: asked.signType ?? 'RSA' }
  const shown = await askPhoneToPay(request).catch((thrown: unknown) => Promise.reject({ errMsg: toApiError(thrown).message }))
  waiting.value?.settle('cancel')
  const outcome = await new Promise<'paid' | 'cancel' | 'expired'>((resolve) => {
    const timer = setTimeout(() => void end(), shown.lasts_ms)
    const settle: Waiting['settle'] = (how) => {
      clearTimeout(timer)
      if (waiting.value?.shown === shown) waiting.value = null
      resolve(how)
    }
    /** The server has the last word: it may have been paid at this very moment. */
    const end = async (): Promise<void> => {
      const { state } = await takePaymentBack(request).catch(() => ({ state: '' }))
      if (state === 'SUCCESS' || state === 'REFUND') settle('paid')
      else if (state === '') setTimeout(() => void end(), RETRY_MS)
      else expire()
    }
    const giveUp = async (): Promise<void> => {
      const { state } = await takePaymentBack(request)
      settle(state === 'SUCCESS' || state === 'REFUND' ? 'paid' : 'cancel')
    }
    waiting.value = { shown, endsAt: Date.now() + shown.lasts_ms, over: false, settle, giveUp }
  })
  if (outcome === 'cancel') throw { errMsg: 'cancel' }
  if (outcome === 'expired') throw { errMsg: 'the order is closed' }
}

function expire(): void {
  if (waiting.value !== null) waiting.value = { ...waiting.value, over: true }
}

onUpdate<{ prepay_id: string; state: string }>('device.order', ({ body }) => {
  if (waiting.value?.shown.prepay_id !== body.prepay_id) return
  if (body.state === 'SUCCESS') waiting.value.settle('paid')
  else if (body.state === 'CLOSED') expire()
})
