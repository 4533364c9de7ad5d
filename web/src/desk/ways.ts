/** Ways to make a program's SDK arrive here, with this home's own addresses and keys in them. */
import type { World } from './builder'

export interface Way {
  name: 'run' | 'wechatpy' | 'wechatpayv3' | 'wechatpay-axios-plugin' | 'curl'
  /** The SDK's own name; empty when the way has one in the reader's language. */
  title: string
  code: string
}

export function waysTo(world: World): Way[] {
  const app = world.mini_programs[0]
  const shop = world.merchants[0]
  const [appid, secret] = [app?.appid ?? 'APPID', app?.secret ?? 'SECRET']
  const ways: Way[] = [
    { name: 'run', title: '', code: ['.venv/bin/hutong run -- python shop.py', '.venv/bin/hutong run -- node server.js', '.venv/bin/hutong run -- java -jar shop.jar'].join('\n') },
    {
      name: 'wechatpy',
      title: 'wechatpy',
      code: ['from wechatpy import WeChatClient', '', `WeChatClient.API_BASE_URL = "${world.bases.mp}/cgi-bin/"`, `client = WeChatClient("${appid}", "${secret}")`, 'print(client.user.get_followers())'].join('\n'),
    },
    { name: 'curl', title: 'curl', code: `curl '${world.bases.mp}/cgi-bin/token?grant_type=client_credential&appid=${appid}&secret=${secret}'` },
  ]
  if (shop === undefined) return ways
  ways.splice(2, 0,
    {
      name: 'wechatpayv3',
      title: 'wechatpayv3',
      code: [
        '# hutong run -- python shop.py',
        'from wechatpayv3 import WeChatPay, WeChatPayType',
        '',
        'wxpay = WeChatPay(',
        '    wechatpay_type=WeChatPayType.JSAPI,',
        `    mchid="${shop.mchid}",`,
        `    private_key=open("${shop.private_key_file}").read(),`,
        `    cert_serial_no="${shop.serial_no}",`,
        `    apiv3_key="${shop.api_v3_key}",`,
        `    appid="${appid}",`,
        '    notify_url="http://localhost:9000/notify",',
        ')',
      ].join('\n'),
    },
    {
      name: 'wechatpay-axios-plugin',
      title: 'wechatpay-axios-plugin',
      code: [
        "import { readFileSync } from 'node:fs'",
        "import { Wechatpay } from 'wechatpay-axios-plugin'",
        '',
        'const wxpay = new Wechatpay({',
        `  baseURL: '${world.bases.pay}/',`,
        `  mchid: '${shop.mchid}',`,
        `  serial: '${shop.serial_no}',`,
        `  privateKey: readFileSync('${shop.private_key_file}'),`,
        `  certs: { '${shop.platform_serial_no}': readFileSync('${shop.platform_certificate_file}') },`,
        '})',
      ].join('\n'),
    },
  )
  return ways
}
