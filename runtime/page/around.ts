/**
 * The document around a web page that a program shows. The server sends it with a policy that names the program's
 * business domains, so that the browser itself keeps the page on them, wherever its links and redirects lead.
 */

import { Channel } from '../bridge/channel'
import { FROM_PAGE, type FromPage, SHOW, type Show, TO_PAGE } from './messages'

/** No way to the top, no windows of its own: a page can leave only by asking the program. */
const SANDBOX = 'allow-scripts allow-same-origin allow-forms allow-modals allow-downloads'

/** A page that brings no script of ours is not waited for longer. */
const SILENT_MS = 3000

const WORDS = {
  zh: { refused: '无法打开该页面', unlisted: '小程序没有把这个地址列为业务域名：', lost: '页面没有加载成功，请检查网络后重试：', again: '重试' },
  en: { refused: 'This page cannot be opened', unlisted: 'The mini program does not list this address as a business domain:', lost: 'The page could not be loaded. Check the network and try again:', again: 'Try again' },
}

function begin(given: Show, shell: Channel): void {
  const { language, theme } = given
  const words = language.startsWith('zh') ? WORDS.zh : WORDS.en
  document.documentElement.lang = language
  document.documentElement.style.colorScheme = theme
  const waiting = document.querySelector<HTMLElement>('.waiting')!
  const notice = document.querySelector<HTMLElement>('.notice')!
  let page: HTMLIFrameElement | undefined
  let src = ''
  let refused = false
  /** Where it says it is, if it brings the script of ours. */
  let href = ''
  let lost = false
  /** How often this page has come: again, when somebody follows its links. */
  let times = 0
  let told: () => void = () => {}

  const fail = (why: string, address: string, again: boolean): void => {
    page?.remove()
    page = undefined
    waiting.hidden = true
    const [title, text, code, button] = [document.createElement('h1'), document.createElement('p'), document.createElement('code'), document.createElement('button')]
    title.textContent = words.refused
    text.textContent = why
    code.textContent = address
    button.textContent = words.again
    button.hidden = !again
    button.onclick = () => show(src)
    notice.replaceChildren(title, text, code, button)
    notice.hidden = false
    shell.emit('error', { src: address })
  }

  const loaded = async (mine: HTMLIFrameElement): Promise<void> => {
    if (refused || page !== mine) return
    times += 1
    // A page that did not come looks to us like any other: whether it is there is asked once more, of its server.
    if (times === 1 && !href) await fetch(src, { method: 'HEAD', mode: 'no-cors', credentials: 'omit' }).catch(() => (lost = true))
    if (page !== mine) return
    if (lost && !href) return fail(words.lost, src, true)
    waiting.hidden = true
    if (times > 1 && href) await where(mine)
    if (page === mine) shell.emit('load', { src: href || src })
  }

  /** Ask the page where it is by now. Another than the one that told us before may have nothing to say. */
  const where = (mine: HTMLIFrameElement): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, SILENT_MS)
      told = () => {
        clearTimeout(timer)
        resolve()
      }
      mine.contentWindow?.postMessage({ type: TO_PAGE, where: true }, '*')
    })

  const show = (address: string): void => {
    page?.remove()
    src = address
    href = ''
    refused = lost = false
    times = 0
    notice.hidden = true
    waiting.hidden = false
    const mine = document.createElement('iframe')
    mine.setAttribute('sandbox', SANDBOX)
    mine.title = words === WORDS.zh ? '网页' : 'Web page'
    mine.onload = () => void loaded(mine)
    mine.src = address
    page = mine
    document.body.prepend(mine)
  }

  document.addEventListener('securitypolicyviolation', (event) => {
    if (event.effectiveDirective !== 'frame-src' || refused) return
    refused = true
    // The browser tells of an address elsewhere only its beginning, unless it is the one we asked for.
    fail(words.unlisted, src.startsWith(event.blockedURI) ? src : event.blockedURI, false)
  })

  window.addEventListener('message', (event: MessageEvent<FromPage | null>) => {
    if (!page || event.source !== page.contentWindow || event.data?.type !== FROM_PAGE) return
    const said = event.data
    if (said.what === 'here') {
      href = String(said.href)
      shell.emit('here', { href, title: String(said.title) })
      told()
      return
    }
    const { source, origin } = event
    const answer = (result: { errMsg: string }): void => (source as Window).postMessage({ type: TO_PAGE, call: said.call, result }, origin)
    shell.call('call', { name: String(said.name), arg: said.arg }).then(answer, (failure: { errMsg: string }) => answer({ errMsg: failure.errMsg }))
  })

  shell.on('show', ({ src: next }: { src: string }) => show(next))
  show(given.src)
}

window.addEventListener('message', function listen(event: MessageEvent<(Show & { type?: string }) | null>) {
  if (event.source !== window.parent || event.origin !== location.origin || event.data?.type !== SHOW || !event.ports[0]) return
  window.removeEventListener('message', listen)
  begin(event.data, new Channel(event.ports[0]))
})
