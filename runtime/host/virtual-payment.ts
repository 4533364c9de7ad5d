/** Virtual payments over the client API: both signatures are checked before a cashier is shown. */

import type { Shell } from './launch'
import type { HostServices } from './services'

/** The published numbers of what the platform refuses; -15001 says in words what is wrong. */
const REFUSALS: Record<string, number> = {
  'miniapp.virtual_used': -15002,
  'pay.order_closed': -15002,
  'pay.order_paid': -15002,
  'miniapp.virtual_currency': -15004,
  'miniapp.virtual_signature': -15005,
  'miniapp.virtual_pay_sig': -15006,
  'miniapp.virtual_session': -15007,
  'miniapp.virtual_unpublished': -15010,
  'miniapp.virtual_price': -15013,
}

export function virtualPayment(shell: Shell, appid: string): Pick<HostServices, 'requestVirtualPayment'> {
  const { payAt } = shell
  if (!payAt) return {}
  return {
    requestVirtualPayment: async ({ mode, signData, paySig, signature }) => {
      const purchase = { mode, sign_data: signData, pay_sig: paySig, signature }
      const cashier = await shell.api('POST', `/programs/${appid}/virtual-payments`, purchase).catch((error: unknown) => {
        const { code = '', message = '', details } = error as { code?: string; message?: string; details?: { reason?: unknown } }
        throw { errCode: REFUSALS[code] ?? -15001, errMsg: String(details?.reason ?? message) }
      })
      await payAt(cashier.cashier_id)
    },
  }
}
